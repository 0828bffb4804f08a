"""The flow of the backlog: what entered and left it, checked against the backlog itself."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import get_args
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file
from domain.ticket.timeline import Entry, Exit
from domain.zones import TimeZone
from projections.backlog.interval_index import OPEN_BETWEEN
from projections.backlog.table import BacklogDimension, Crossing
from projections.engine.table import selected
from projections.scope.filters import all_of
from projections.scope.periods import Every, period_bounds

_SQL = sql_file("projections.backlog", "backlog.sql")
_ENTRIES: tuple[Entry, ...] = get_args(Entry)
_EXITS: tuple[Exit, ...] = get_args(Exit)
_KINDS = (*_ENTRIES, *_EXITS)


@dataclass(frozen=True, slots=True)
class Flow:
    """What entered and left the backlog in [start, end), and the backlog right before each of the two instants."""

    start: datetime
    end: datetime
    backlog_before: int
    received: int
    reopened: int
    merge_undone: int
    resolved: int
    closed: int
    cancelled: int
    merged: int
    backlog_after: int
    holds: bool
    """Whether backlog_after = backlog_before + entered - left. Both backlogs are counted without the flow."""


def backlog_flow(
    connection: psycopg.Connection,
    schema: str,
    first: date,
    last: date,
    every: Every,
    zone: TimeZone,
    as_of: datetime | None = None,
    year_begins: int = 1,
) -> list[Flow]:
    """The flow of each local period from ``first`` to ``last``; midnight belongs to the day that begins.

    ``as_of`` leaves out what happened later.
    """
    bounds = period_bounds(first, last, every, zone, year_begins)
    if as_of is None:
        return flow_between(connection, schema, bounds)
    seen = flow_between(connection, schema, [min(bound, as_of + timedelta.resolution) for bound in bounds])
    return [replace(flow, start=start, end=end) for flow, (start, end) in zip(seen, pairwise(bounds), strict=True)]


def flow_between(connection: psycopg.Connection, schema: str, bounds: Sequence[datetime]) -> list[Flow]:
    """The flow of each [bound, next bound); ``bounds`` ascend.

    Instants are whole microseconds, so this is the law over (t1, t2] with the last microsecond before each bound as t.
    """
    statement = _SQL["flow"].composed(schema, open_between=OPEN_BETWEEN)
    first, last = bounds[0], bounds[-1]
    before = {"start": first - timedelta.resolution, "end": last - timedelta.resolution}
    parameters = {"bounds": list(bounds), "first": first, "last": last, **before}
    crossed: Counter[tuple[int, str]] = Counter()
    change = [0] * (len(bounds) + 2)
    for began, ended, kind, tickets in connection.execute(statement, parameters):
        if kind is not None:
            crossed[began, kind] = tickets
        else:
            change[began] += tickets
            change[len(bounds) if ended is None else ended] -= tickets
    backlogs = list(accumulate(change))
    return [
        _flow(start, end, backlogs[number - 1], {kind: crossed[number, kind] for kind in _KINDS}, backlogs[number])
        for number, (start, end) in enumerate(pairwise(bounds), start=1)
    ]


def crossings(
    connection: psycopg.Connection,
    schema: str,
    start: datetime,
    end: datetime,
    kinds: Collection[Entry | Exit],
    *,
    where: Mapping[BacklogDimension, str | None] | None = None,
    after: tuple[datetime, UUID, int] | None = None,
    limit: int,
) -> list[Crossing]:
    """The crossings behind a figure of a flow, oldest first, behind the (at, ticket, version) ``after``."""
    page = (
        sql.SQL("(at, ticket, version) > ({}, {}, {})").format(*map(sql.Literal, after)) if after else sql.SQL("true")
    )
    statement = _SQL["crossings"].composed(schema, columns=selected(Crossing), where=all_of(where or {}), page=page)
    with connection.cursor(row_factory=class_row(Crossing)) as cursor:
        parameters = {"start": start, "end": end, "kinds": list(kinds), "limit": limit}
        return cursor.execute(statement, parameters).fetchall()


def _flow(start: datetime, end: datetime, before: int, crossed: Mapping[str, int], after: int) -> Flow:
    entered = sum(crossed[kind] for kind in _ENTRIES)
    left = sum(crossed[kind] for kind in _EXITS)
    holds = after == before + entered - left
    return Flow(start, end, before, **crossed, backlog_after=after, holds=holds)
