"""What the addresses of one serving process share: its tenants, its callers, and the connections that read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore
from typing import cast

from fastapi import Request
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from api.callers import Callers
from api.event_stream import EventStream
from api.keys import Caller, find_caller
from api.settings import Settings
from api.tenants import Tenants

MOST_REFOLDED = 2
# A reading asks one snapshot, however many statements it takes.
_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=20s -c lock_timeout=4s -c default_transaction_isolation=repeatable\\ read"
)

Pool = ConnectionPool[Connection]


@dataclass(frozen=True, slots=True)
class House:
    """``refolding`` bounds how many readings fold the whole log at once; ``streams`` are the readers of the feed."""

    settings: Settings
    pool: Pool
    tenants: Tenants
    callers: Callers
    refolding: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_REFOLDED))
    streams: set[EventStream] = field(default_factory=set)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While it is open, connections are made as they are needed."""
        self.pool.open()
        yield
        await self.tenants.close()
        await run_in_threadpool(self.pool.close)


def build(settings: Settings) -> House:
    """Puts it together; nothing is connected yet."""
    pool: Pool = ConnectionPool(
        settings.dsn,
        kwargs={"autocommit": True, "options": _OPTIONS, "connect_timeout": 5},
        min_size=1,
        max_size=settings.readers,
        timeout=settings.patience,
        max_waiting=2 * settings.readers,
        check=ConnectionPool.check_connection,
        open=False,
    )
    return House(settings, pool, Tenants(settings), Callers(partial(_find, pool), settings.keyless))


def house_of(request: Request) -> House:
    """The house that a request came to."""
    return cast("House", request.app.state.house)


def _find(pool: Pool, token: str) -> Caller | None:
    with pool.connection() as connection:
        return find_caller(connection, token)
