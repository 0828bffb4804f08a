"""The connection pool of the library's recorders.

Threads share it, and a lost connection is replaced.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg
from eventsourcing import persistence
from psycopg import Connection, sql
from psycopg_pool import ConnectionPool, PoolClosed

from domain.backoff import Backoff, Pauses
from domain.event_log.database_connections import LIBRARY
from domain.event_log.schema import schema_of

Result = TypeVar("Result")
LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What the driver raises when a connection is lost."""
PATIENCE = 5.0
"""Seconds until a lost database is an error."""
LARGEST_POOL = 15
PAUSES = Pauses(0.05, 0.5)
_ERRORS = (
    (psycopg.InterfaceError, persistence.InterfaceError),
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.InternalError, persistence.InternalError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.Error, persistence.PersistenceError),
)


class LogDatabase:
    """The database of one tenant's log."""

    def __init__(self, dsn: str, tenant: str) -> None:
        self.dsn = dsn
        self.tenant = tenant
        self.schema = sql.Identifier(schema_of(tenant))
        self.patience = PATIENCE
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            LIBRARY.address(dsn), min_size=0, max_size=LARGEST_POOL, kwargs={"autocommit": True}, open=True
        )

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Does the work, and again on a new connection when one is lost: it must be safe to repeat.

        Raises the library's errors; OperationalError when the database does not answer in time.
        """
        deadline = time.monotonic() + self.patience
        backoff = Backoff(PAUSES)
        while True:
            try:
                with self._pool.connection(timeout=max(deadline - time.monotonic(), 0.1)) as connection:
                    return work(connection)
            except PoolClosed:
                raise persistence.OperationalError("the application is closed") from None
            except LOST as error:
                pause = backoff.failed()
                if time.monotonic() + pause >= deadline:
                    raise translated(error) from error
            except psycopg.Error as error:
                raise translated(error) from error
            time.sleep(pause)  # the library's recorders are blocking
            with suppress(PoolClosed):
                self._pool.check()  # other connections were lost with this one

    def close(self) -> None:
        """Ends all connections."""
        self._pool.close()

    def __del__(self) -> None:
        """The library's projection runner closes no factory of a view."""
        with suppress(AttributeError):
            self.close()


def translated(error: psycopg.Error) -> persistence.PersistenceError:
    """The library's error for one of the driver's."""
    for of_driver, of_library in _ERRORS:
        if isinstance(error, of_driver):
            return of_library(str(error))
    raise AssertionError("every error of the driver is in the table")
