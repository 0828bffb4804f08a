"""The open tickets of each agent in each team at an instant, with the effort that is expected of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from projections.engine.table import selected
from projections.sla.late_clocks import is_over
from projections.tickets.table import WITH_EFFORT

_SQL = sql_file("projections.load", "open_work.sql")
RECENT = timedelta(days=90)
"""The resolutions by which an effort is expected, where there are any."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The open tickets of one agent in one team; None: of nobody, or of no team. The keys are the folded names.

    ``late``: tickets with a clock that is late. ``due_today``: tickets with a running clock that is due later on that
    day. ``expected_effort``: the sum of the team's median effort (seconds) for the category of each ticket, over the
    tickets resolved in the last RECENT, else over all that were ever resolved. A median of whole seconds is a multiple
    of a half, so that sums of them are exact in any order. ``unexpected``: tickets for which there is no such effort;
    they add nothing.
    """

    team_key: str | None
    agent_key: str | None
    team: str | None
    agent: str | None
    tickets: int
    late: int
    due_today: int
    expected_effort: float
    unexpected: int


@dataclass(frozen=True, slots=True)
class OpenTicketWork:
    """An open ticket. ``expected`` is the effort in seconds that is expected of it; None: not known."""

    ticket: UUID
    customer: UUID
    team_key: str | None
    agent_key: str | None
    late: bool
    due_today: bool
    expected: float | None


def open_work(connection: Connection, schema: str, now: datetime, day_ends: datetime) -> list[OpenWork]:
    """The open work at ``now``; today ends at ``day_ends``."""
    return _rows(OpenWork, _SQL["by agent"].composed(schema), connection, schema, now, day_ends)


def open_ticket_work(connection: Connection, schema: str, now: datetime, day_ends: datetime) -> list[OpenTicketWork]:
    """The tickets of the same, by id."""
    each = _SQL["each"].composed(schema, columns=selected(OpenTicketWork))
    return _rows(OpenTicketWork, each, connection, schema, now, day_ends)


def _rows(
    row: type[Row], shown: sql.Composable, connection: Connection, schema: str, now: datetime, day_ends: datetime
) -> list[Row]:
    statement = _SQL["open tickets"].composed(
        schema,
        counts=sql.SQL(WITH_EFFORT),
        now=sql.Literal(now),
        is_over=is_over(sql.Literal(now)),
        since=sql.Literal(now - RECENT),
        day_ends=sql.Literal(day_ends),
        shown=shown,
    )
    with connection.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(statement).fetchall()
