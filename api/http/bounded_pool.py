"""A connection pool with a bounded queue: a caller that would wait too long is refused at once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import BoundedSemaphore

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from api.http.problems import Problem
from domain.event_log.database_connections import Purpose

SPARE_PATIENCE = 0.2
"""Seconds in which a connection is made that a reading can do without."""


class BoundedPool:
    """At most ``size`` connections are in use, and at most ``waiting`` callers wait for one, ``patience`` seconds each.

    All connections busy is a Problem (overloaded); no connection to be made is psycopg's PoolTimeout.
    """

    def __init__(self, dsn: str, purpose: Purpose, *, size: int, waiting: int, patience: float) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            purpose.address(dsn),
            kwargs={"autocommit": True},
            min_size=1,
            max_size=size,
            timeout=patience,
            check=ConnectionPool.check_connection,
            open=False,
        )
        self._patience = patience
        self._callers = BoundedSemaphore(size + waiting)
        self._turns = BoundedSemaphore(size)

    def open(self) -> None:
        """Opens the pool; connections are made when they are needed."""
        self._pool.open()

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for the block. Raises Problem (overloaded) or psycopg.OperationalError."""
        with (
            _taken(self._callers, 0, "more readings wait than can be served soon; try again"),
            _taken(self._turns, self._patience, "other readings are under way; try again"),
            self._pool.connection() as connection,
        ):
            yield connection

    @contextmanager
    def spare(self) -> Iterator[Connection | None]:
        """A connection for the block; None while all are in use, or where the server does not give one soon."""
        if not self._turns.acquire(blocking=False):
            yield None
            return
        try:
            with ExitStack() as held:
                connection: Connection | None = None
                with suppress(OperationalError):
                    connection = held.enter_context(self._pool.connection(timeout=SPARE_PATIENCE))
                yield connection
        finally:
            self._turns.release()


@contextmanager
def _taken(slots: BoundedSemaphore, seconds: float, otherwise: str) -> Iterator[None]:
    if not slots.acquire(timeout=seconds) if seconds else not slots.acquire(blocking=False):
        raise Problem("overloaded", otherwise)
    try:
        yield
    finally:
        slots.release()
