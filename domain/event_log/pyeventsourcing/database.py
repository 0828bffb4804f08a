"""Connections for the library's recorders: threads share them, and a lost one is replaced."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg
from eventsourcing import persistence
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolClosed

from domain.event_log.schema import schema_of

Result = TypeVar("Result")
LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What the driver raises when a connection is lost."""
PATIENCE = 5.0
"""Seconds after which a lost database is reported."""
LARGEST_POOL = 15
_OPTIONS = "-c lock_timeout=4s -c idle_in_transaction_session_timeout=60s"
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
    """The database of one tenant's log. Options that the conninfo sets go before ours."""

    def __init__(self, dsn: str, tenant: str) -> None:
        self.tenant = tenant
        self.schema = sql.Identifier(schema_of(tenant))
        own = conninfo_to_dict(dsn).get("options") or ""
        self._conninfo = make_conninfo(dsn, options=f"{_OPTIONS} {own} -c timezone=UTC", client_encoding="utf8")
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            self._conninfo, min_size=0, max_size=LARGEST_POOL, kwargs={"autocommit": True}, open=True
        )

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Does the work, again on a new connection when one is lost: it must bear to be repeated.

        Raises the library's errors; OperationalError when the database does not answer within PATIENCE seconds.
        """
        deadline = time.monotonic() + PATIENCE
        pause = 0.05
        while True:
            try:
                with self._pool.connection(timeout=max(deadline - time.monotonic(), 0.1)) as connection:
                    return work(connection)
            except PoolClosed:
                raise persistence.OperationalError("the application is closed") from None
            except LOST as error:
                if time.monotonic() + pause >= deadline:
                    raise translated(error) from error
            except psycopg.Error as error:
                raise translated(error) from error
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
            with suppress(PoolClosed):
                self._pool.check()  # other connections were lost with this one

    def new_connection(self) -> Connection:
        """A connection outside the pool, for whoever keeps one."""
        return psycopg.connect(self._conninfo, autocommit=True)

    def close(self) -> None:
        """Ends all connections."""
        self._pool.close()

    def __del__(self) -> None:
        """The library's projection runner closes no factory of a view."""
        with suppress(AttributeError):
            self.close()


def translated(error: psycopg.Error) -> persistence.PersistenceError:
    """The library's error for one of the driver's."""
    for theirs, ours in _ERRORS:
        if isinstance(error, theirs):
            return ours(str(error))
    raise AssertionError("every error of the driver is in the table")
