"""Statements that lock tables for themselves wait for the lock in turns.

Whoever waits for such a lock holds up all that come behind: between two attempts the others have their turn.
"""

import logging
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

from psycopg import Connection, sql
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

SEPARATOR = "\x1e"
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


def hold(connection: Connection, statements: Sequence[sql.Composed]) -> None:
    """Executes statements that lock tables or views until the transaction ends. Raises LockNotAvailable.

    Whoever holds some of them and waits for others of them is not made to fail.
    """
    if statements:
        text = SEPARATOR.join(statement.as_string(connection) for statement in statements)
        connection.execute(_SQL["hold"].filled(statements=text))
        if connection.execute(_SQL["are held"].filled()).fetchone() != (True,):
            raise LockNotAvailable


def _holders(connection: Connection) -> str:
    """The sessions with the oldest transactions that hold tables, in words."""
    rows = connection.execute(_SQL["holders"].filled()).fetchall()
    ages = ["" if seconds is None else f", for {seconds:,} s" for _, _, seconds in rows]
    holders = (f"process {pid} ({name}){age}" for (pid, name, _), age in zip(rows, ages, strict=True))
    return ", ".join(holders) or "they have ended"
