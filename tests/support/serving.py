"""A desk over HTTP on the test's own database, and the words to talk to it."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from api.api_keys import create_key
from api.http.container import Container
from api.http.held_refusals import HeldRefusals
from api.serving.app import create_app, server
from api.settings import Settings, WhatIfBounds
from domain.command_context import Actor
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up
from tests.support.registered import register

RECEIPT = {
    "customer_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "channel": "zalo",
    "subject": "No code",
    "category": "login",
    "priority": "P2",
}
CUSTOMER = UUID(RECEIPT["customer_id"])
BEFORE = 1
"""The events before those of a test: the registration of CUSTOMER, which `make_key` records."""


class Served:
    """An application in a thread of its own, and the key that requests bear."""

    def __init__(self, portal: BlockingPortal, client: AsyncClient, app: FastAPI, key: str | None) -> None:
        self._portal = portal
        self._client = client
        self._app = app
        self.dsn = self.container.settings.dsn
        self.key = key

    @property
    def container(self) -> Container:
        """What its endpoints share."""
        return cast("Container", self._app.state.container)

    def take(self, **parts: Any) -> None:
        """Gives the endpoints other parts in the place of those of the container."""
        self._app.state.container = replace(self.container, **parts)

    def get(self, path: str, **options: Any) -> Response:
        return self._send("GET", path, **options)

    def post(self, path: str, body: object = None, **options: Any) -> Response:
        return self._send("POST", path, json={} if body is None else body, **options)

    def put(self, path: str, **options: Any) -> Response:
        return self._send("PUT", path, **options)

    def receive(self, **facts: object) -> str:
        """Receives a ticket and returns the address that its commands begin with."""
        answer = self.post("/v1/tickets", RECEIPT | facts)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def follow(self, tenant: str = "default") -> None:
        """Brings every projection up to the log."""
        catch_up(self.dsn, tenant, PROJECTIONS)

    def as_key(self, key: str | None) -> "Served":
        return Served(self._portal, self._client, self._app, key)

    def send(
        self, method: str, path: str, content: bytes | AsyncIterator[bytes], headers: dict[bytes, bytes] | None = None
    ) -> Response:
        """A body and headers as they are."""
        bearer = {b"authorization": f"Bearer {self.key}".encode()} if self.key else {}
        given = list(({b"content-type": b"application/json"} | bearer | (headers or {})).items())
        return self._portal.call(partial(self._client.request, method, path, content=content, headers=given))

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> Response:
        bearer = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        send = partial(self._client.request, method, path, headers=bearer | (headers or {}), **options)
        return self._portal.call(send)


@contextmanager
def serving(dsn: str, *, key: str | None = None, **settings: Any) -> Iterator[Served]:
    """A desk with ``settings``; whoever calls bears ``key``. A what-if has time: other tests may leave it no core."""
    app = create_app(Settings(dsn, **{"whatif": WhatIfBounds(seconds=300.0), **settings}))
    without_held_refusals(app)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_client(app)) as client:
        yield Served(portal, client, app, key)


@asynccontextmanager
async def _client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # tests say which cookie is sent
        yield client


def without_held_refusals(app: FastAPI) -> Container:
    """What the app's addresses share, with refusals that are sent at once."""
    container: Container = replace(app.state.container, held=HeldRefusals(seconds=0.0))
    app.state.container = container
    return container


@contextmanager
def listening(dsn: str, **settings: Any) -> Iterator[str]:
    """A desk with ``settings`` behind a real socket; its address."""
    with running(dsn, **settings) as (address, _):
        yield address


@contextmanager
def running(dsn: str, **settings: Any) -> Iterator[tuple[str, Container]]:
    """The same, and what its addresses share."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        serving_one = server(Settings(dsn, **settings), "127.0.0.1", 0)
        container = without_held_refusals(cast("FastAPI", serving_one.config.app))
        thread = threading.Thread(target=serving_one.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}", container
        finally:
            serving_one.should_exit = True
            thread.join()


def make_key(
    dsn: str,
    *scopes: str,
    tenant: str = "default",
    actor: str = "lan",
    acts_for_others: bool = False,
    expires_at: datetime | None = None,
    back_dating: timedelta | None = None,
) -> str:
    """A key of a tenant, in whose log the customer of RECEIPT is registered."""
    register(dsn, CUSTOMER, tenant=tenant)
    with psycopg.connect(dsn, autocommit=True) as connection:
        return create_key(
            connection,
            tenant,
            Actor(id=actor, kind="agent"),
            scopes or ["admin"],
            acts_for_others=acts_for_others,
            expires_at=expires_at,
            back_dating=back_dating,
        ).text


def id_of(key: str | None) -> str:
    """The id of a key, which stands before its secret."""
    return str(key).split("_")[-2]


def fresh() -> str:
    """A value that nothing has used before."""
    return str(uuid4())
