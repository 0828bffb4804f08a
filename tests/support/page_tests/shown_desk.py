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
from tests.support.patience import ENDLESS
from tests.support.serving import running


@dataclass(frozen=True, slots=True)
class ShownDesk:
    """A desk at a port of this computer, which asks for no key."""

    address: str
    dsn: str
    container: Container
    client: httpx.Client

    def get(self, path: str, **options: Any) -> httpx.Response:
        """An answer to a program, such as one of the API, however long a busy computer takes for it."""
        return self.client.get(path, **options)

    def post(self, path: str, body: object) -> httpx.Response:
        return self.client.post(path, json=body)


@contextmanager
def shown(dsn: str, clock: Now | None = None) -> Iterator[ShownDesk]:
    """The desk of a database, whose projections stay as they are."""
    with (
        running(dsn, keyless=TENANT, clock=clock, patience=ENDLESS) as (address, container),
        httpx.Client(base_url=address, timeout=None) as client,  # noqa: S113 -- the run of the tests has a bound
    ):
        yield ShownDesk(address, dsn, container, client)


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
