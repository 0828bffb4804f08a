"""A served desk for page tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from api.http.container import Container
from domain.command_handling.service_desk import Now
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.page_tests.desk_history import TENANT
from tests.support.serving import running


@dataclass(frozen=True, slots=True)
class ShownDesk:
    """A desk at a port of this computer, which asks for no key."""

    address: str
    dsn: str
    container: Container

    def get(self, path: str, **options: Any) -> httpx.Response:
        """An answer to a program, such as one of the API."""
        return httpx.get(self.address + path, **options)

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        return httpx.post(self.address + path, json=body, **options)


@contextmanager
def shown(dsn: str, clock: Now | None = None) -> Iterator[ShownDesk]:
    """The desk of a database, whose projections stay as they are."""
    with running(dsn, keyless=TENANT, clock=clock) as (address, container):
        yield ShownDesk(address, dsn, container)


@contextmanager
def followed(dsn: str) -> Iterator[None]:
    """The projections of the desk follow its log within the block."""
    stop = threading.Event()
    thread = threading.Thread(target=Follower(dsn, TENANT, PROJECTIONS).run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
