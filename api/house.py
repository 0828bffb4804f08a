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
from api.keys import Caller, find_caller, parse_token
from api.refusals import Refusals
from api.settings import Settings
from api.tenants import Tenants
from domain.event_log.address import with_options

MOST_REFOLDED = 2
KEY_CONNECTIONS = 2
MOST_KEYS_WAITING = 100
_OPTIONS = "-c timezone=UTC -c lock_timeout=4s"
_FOR_KEYS = f"{_OPTIONS} -c statement_timeout=4s -c synchronous_commit=off"  # all it writes is when a key was used
# A reading asks one snapshot, however many statements it takes.
_FOR_READINGS = f"{_OPTIONS} -c statement_timeout=20s -c default_transaction_isolation=repeatable\\ read"

Pool = ConnectionPool[Connection]


@dataclass(frozen=True, slots=True)
class House:
    """``pool`` is for readings, ``keys`` only for looking keys up: no caller waits for another's slow reading.

    ``refolding`` bounds how many readings fold the whole log at once; ``streams`` are the readers of the feed;
    ``refusals`` counts the answers that say no.
    """

    settings: Settings
    pool: Pool
    keys: Pool
    tenants: Tenants
    callers: Callers
    refolding: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_REFOLDED))
    streams: set[EventStream] = field(default_factory=set)
    refusals: Refusals = field(default_factory=Refusals)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While it is open, connections are made as they are needed."""
        for pool in (self.pool, self.keys):
            pool.open()
        yield
        await self.tenants.close()
        for pool in (self.pool, self.keys):
            await run_in_threadpool(pool.close)


def build(settings: Settings) -> House:
    """Puts it together; nothing is connected yet."""
    keys = _pool(settings, settings.dsn, KEY_CONNECTIONS, MOST_KEYS_WAITING, _FOR_KEYS)
    reading_dsn = settings.reading_dsn or settings.dsn
    readings = _pool(settings, reading_dsn, settings.readers, 2 * settings.readers, _FOR_READINGS)
    return House(settings, readings, keys, Tenants(settings), Callers(partial(_find, keys), settings.keyless))


def house_of(request: Request) -> House:
    """The house that a request came to."""
    return cast("House", request.app.state.house)


def _pool(settings: Settings, dsn: str, size: int, waiting: int, options: str) -> Pool:
    return ConnectionPool(
        with_options(dsn, options),
        kwargs={"autocommit": True, "connect_timeout": 5},
        min_size=1,
        max_size=size,
        timeout=settings.patience,
        max_waiting=waiting,
        check=ConnectionPool.check_connection,
        open=False,
    )


def _find(pool: Pool, text: str) -> Caller | None:
    token = parse_token(text)
    if token is None:
        return None
    with pool.connection() as connection:
        return find_caller(connection, token)
