"""What becomes due next, by the rows of timers."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from projections.engine.table import selected
from projections.scope.filters import MOST
from projections.timers.table import Timer

_SQL = sql_file("projections.timers", "timers.sql")


class TimerKey(NamedTuple):
    """Where a row stands in the order of time."""

    due_at: datetime
    stream: UUID
    source: str
    identity: str


def timer_key(timer: Timer) -> TimerKey:
    """The key of a row."""
    return TimerKey(timer.due_at, timer.stream, timer.source, timer.identity)


def first_key(at: datetime) -> TimerKey:
    """The key before every row that is due at an instant."""
    return TimerKey(at, UUID(int=0), "", "")


def due_from(
    connection: Connection, schema: str, at: datetime, *, after: TimerKey | None = None, limit: int = 50
) -> list[Timer]:
    """What is due at or after an instant unless something happens, the earliest first, behind ``after``."""
    start = after or first_key(at)
    statement = _SQL["due from"].composed(schema, columns=selected(Timer))
    parameters = {"at": at, "limit": min(limit, MOST), **start._asdict()}
    with connection.cursor(row_factory=class_row(Timer)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def overdue_rows(connection: Connection, schema: str, at: datetime) -> int:
    """How many rows were due before an instant, and wait to be recorded."""
    statement = sql.SQL("select count(*) from {} where due_at < %s").format(sql.Identifier(schema, "timers"))
    (count,) = connection.execute(statement, [at]).fetchone() or (0,)
    return int(count)
