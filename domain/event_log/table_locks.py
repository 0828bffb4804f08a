"""Statements that lock tables for themselves wait for the lock in turns.

Whoever waits for such a lock holds up all that come behind: between two attempts the others have their turn.
"""

import logging
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from psycopg import Connection
from psycopg.errors import LockNotAvailable

from domain.errors import LedgerError
from domain.event_log.sql_files import sql_file

LONGEST_WAIT_MS = 500
"""How long others wait behind an attempt; PostgreSQL looks for deadlocks after 1,000 ms."""
OTHERS_TURN = 0.5
"""Seconds for others alone before the next attempt."""
MOST_ATTEMPTS = 60
SAID_FIRST, SAID_EVERY = 10, 20
"""The attempt after which a line says who holds the tables, and the attempts between two such lines."""

_SQL = sql_file("domain.event_log", "table_locks.sql")
_LOG = logging.getLogger(__name__)
T = TypeVar("T")


class TablesHeld(LedgerError):  # noqa: N818 -- names the state of things
    """Other sessions hold locks of tables that must change."""

    kind = "overloaded"


def in_turns(connection: Connection, attempt: Callable[[], T], attempts: int | None = MOST_ATTEMPTS) -> T:
    """What ``attempt`` gives: a transaction that locks tables, and begins with `wait_briefly`.

    The connection is in autocommit. Raises TablesHeld after so many attempts; None: it goes on for as long as it takes.
    """
    for number in count(1):
        try:
            return attempt()
        except LockNotAvailable:
            if number == attempts:
                raise TablesHeld(
                    f"Tables have to change, and other sessions of the database hold them: {_holders(connection)}."
                    " Wait until these have ended, or end them; then start again."
                ) from None
            if number % SAID_EVERY == SAID_FIRST:
                _LOG.warning("waiting for tables that other sessions hold: %s", _holders(connection))
            time.sleep(OTHERS_TURN)
    raise AssertionError("a count has no end")


def wait_briefly(connection: Connection) -> None:
    """Bounds each wait for a lock until the transaction ends."""
    connection.execute(f"set local lock_timeout = {LONGEST_WAIT_MS}")


def _holders(connection: Connection) -> str:
    """The sessions with the oldest transactions that hold tables, in words."""
    rows = connection.execute(_SQL["holders"].filled()).fetchall()
    ages = ["" if seconds is None else f", for {seconds:,} s" for _, _, seconds in rows]
    holders = (f"process {pid} ({name}){age}" for (pid, name, _), age in zip(rows, ages, strict=True))
    return ", ".join(holders) or "they have ended"
