"""The backlog at an instant, the workload of agents and teams, and the tickets behind each figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from projections.backlog.interval_index import OPEN_BETWEEN
from projections.backlog.table import BacklogDimension, OpenTicket
from projections.engine.table import selected
from projections.scope.filters import all_of
from projections.scope.folded_words import group_columns, grouping
from projections.scope.report_scope import groups

_SQL = sql_file("projections.backlog", "backlog.sql")
Since = Literal["received", "reopened"]
AgeGroup = Literal["under_10_days", "from_10_to_30_days", "over_30_days"]
_OF_AGE: Mapping[AgeGroup, sql.SQL] = {
    "under_10_days": sql.SQL("%(at)s - {since} < interval '240 hours'"),
    "from_10_to_30_days": sql.SQL("%(at)s - {since} between interval '240 hours' and interval '720 hours'"),
    "over_30_days": sql.SQL("%(at)s - {since} > interval '720 hours'"),
}
_SINCE: Mapping[Since, sql.SQL] = {
    "received": sql.SQL("received_at"),
    "reopened": sql.SQL("coalesce(reopened_at, received_at)"),
}


@dataclass(frozen=True, slots=True)
class Ages:
    """Tickets by age; a day is 24 hours, and 10 and 30 days belong to the middle."""

    under_10_days: int
    from_10_to_30_days: int
    over_30_days: int


@dataclass(frozen=True, slots=True)
class BacklogGroup:
    """Open tickets that agree in ``of``. ``since_reopened`` counts from the receipt where there was no reopening."""

    of: dict[BacklogDimension, str | None]
    tickets: int
    since_received: Ages
    since_reopened: Ages


@dataclass(frozen=True, slots=True)
class Workload:
    """Open tickets of one agent in one team; None: of nobody yet."""

    team: str | None
    agent: str | None
    tickets: int


def backlog(
    connection: psycopg.Connection,
    schema: str,
    at: datetime,
    by: Sequence[BacklogDimension] = (),
    where: Mapping[BacklogDimension, str | None] | None = None,
) -> list[BacklogGroup]:
    """The tickets open at ``at`` (everything up to and including that instant has happened), largest group first.

    Without ``by`` there is one group of all of them, which may be empty.
    """
    ages = [
        sql.SQL("count(*) filter (where {}) as {}").format(of_age.format(since=instant), sql.Identifier(since + age))
        for since, instant in _SINCE.items()
        for age, of_age in _OF_AGE.items()
    ]
    statement = sql.SQL("select {figures} from {segments} where {open_at} and {where} group by {grouping}").format(
        figures=sql.SQL(", ").join([*group_columns(by), sql.SQL("count(*) as tickets"), *ages]),
        segments=sql.Identifier(schema, "backlog_segments"),
        open_at=OPEN_BETWEEN,
        where=all_of(where or {}),
        grouping=sql.SQL(", ").join(grouping(by)) if by else sql.SQL("()"),
    )
    backlog_groups = [
        BacklogGroup(
            {dimension: row[dimension] for dimension in by},
            row["tickets"],
            *(Ages(**{age: row[since + age] for age in _OF_AGE}) for since in _SINCE),
        )
        for row in groups(connection, statement, by, {"at": at, "start": at, "end": at})
    ]
    return sorted(backlog_groups, key=lambda group: (-group.tickets, [value or "" for value in group.of.values()]))


def workload(connection: psycopg.Connection, schema: str, at: datetime) -> list[Workload]:
    """Tickets open at ``at`` for each team and agent, in this order; those without one come last."""
    groups = backlog(connection, schema, at, ("team", "agent"))
    loads = [Workload(group.of["team"], group.of["agent"], group.tickets) for group in groups]
    return sorted(loads, key=lambda load: (load.team is None, load.team or "", load.agent is None, load.agent or ""))


def backlog_tickets(
    connection: psycopg.Connection,
    schema: str,
    at: datetime,
    where: Mapping[BacklogDimension, str | None],
    *,
    since: Since = "received",
    age: AgeGroup | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[OpenTicket]:
    """The tickets behind a figure of ``backlog``, by id; ``after`` is the last one of the page before it."""
    of_age = _OF_AGE[age].format(since=_SINCE[since]) if age else sql.SQL("true")
    statement = _SQL["open tickets"].composed(
        schema, columns=selected(OpenTicket), open_at=OPEN_BETWEEN, where=all_of(where), of_age=of_age
    )
    parameters = {"at": at, "start": at, "end": at, "after": after, "limit": limit}
    with connection.cursor(row_factory=class_row(OpenTicket)) as cursor:
        return cursor.execute(statement, parameters).fetchall()
