"""The connection to the database of a key store: one, opened again when it was lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from time import monotonic
from typing import TypeVar

import psycopg
from psycopg import Connection

from domain.event_log.database_connections import ADMINISTRATION, Purpose, connect
from domain.event_log.roles import KEYKEEPER
from domain.event_log.sql_files import sql_file
from domain.personal_data.data_keys import KeysUnavailable

SQL = sql_file("api.key_store", "key_store.sql")
PURPOSE = Purpose(lock=2, statement=4, opening=2)
"""Data keys: commands wait for them."""
PAUSE = 0.5
"""Seconds in which a key store that did not answer is not asked again."""
Result = TypeVar("Result")


class KeyDatabase:
    """Does work over a connection in autocommit, one call at a time, under the role of programs where there is one."""

    def __init__(self, url: str) -> None:
        self._address = PURPOSE.address(url)
        self._lock = Lock()
        self._connection: Connection | None = None
        self._failed_at = -PAUSE
        self._is_closed = False

    def do(self, work: Callable[[Connection], Result]) -> Result:
        """The result of some work, which is done again once when the connection was lost. Raises KeysUnavailable."""
        with self._lock:
            if self._is_closed or monotonic() - self._failed_at < PAUSE:
                raise unavailable()
            for is_last in (self._connection is None, True):
                try:
                    return work(self._opened())
                except KeysUnavailable:
                    raise
                except psycopg.errors.InsufficientPrivilege:
                    raise KeysUnavailable(
                        f"the login of the key store is neither a member of {KEYKEEPER} nor the owner of its tables"
                    ) from None
                except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction):
                    self._close()
                    if is_last:
                        self._failed_at = monotonic()
                        raise unavailable() from None
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Closes the connection for good."""
        with self._lock:
            self._is_closed = True
            self._close()

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._address, autocommit=True)
            self._connection.execute(SQL["take the role"].filled())
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


@contextmanager
def owners_connection(url: str) -> Iterator[Connection]:
    """A connection for what the owner of the tables alone may do. Raises KeysUnavailable."""
    try:
        with connect(url, ADMINISTRATION) as connection:
            yield connection
    except KeysUnavailable:
        raise
    except psycopg.errors.InsufficientPrivilege:
        raise KeysUnavailable(
            "only the owner of the key store may do this: name that login in TICKETLEDGER_KEYS_URL"
        ) from None
    except psycopg.OperationalError:
        raise unavailable() from None


def unavailable() -> KeysUnavailable:
    """The error of a key store that does not answer."""
    return KeysUnavailable("the key store does not answer: without it, personal data is neither written nor read")
