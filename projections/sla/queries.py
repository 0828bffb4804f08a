"""SLA reports: compliance by period and dimension, what is open, late and due, and the clocks behind each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from domain.event_log.sql_files import sql_file
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.policy import TargetName
from projections.customers.survivors import name_survivors
from projections.engine.table import selected
from projections.scope.filters import MOST, all_of
from projections.scope.folded_words import group_columns, grouping
from projections.scope.report_scope import Dimension, Figures, ReportScope, Share, groups
from projections.sla.late_clocks import is_late
from projections.sla.table import SlaClock

_SQL = sql_file("projections.sla", "sla.sql")
Part = Literal["met", "breached", "corrected", "cancelled", "open", "paused", "late"]
ENDED: frozenset[Part] = frozenset({"met", "breached", "corrected", "cancelled"})
_IS_LATE = is_late(sql.Placeholder("now"))
_OF_ANY_TARGET = sql.SQL("target in ({})").format(sql.SQL(", ").join(map(sql.Literal, get_args(TargetName))))
"""The index of ended clocks begins with the target."""
_PARTS: Mapping[Part, sql.Composable] = MappingProxyType(
    {
        "met": sql.SQL("finished_at is not null and coalesce(corrected_verdict, verdict) = 'met'"),
        "breached": sql.SQL("finished_at is not null and coalesce(corrected_verdict, verdict) = 'breached'"),
        "corrected": sql.SQL("finished_at is not null and corrected_verdict <> verdict"),
        "cancelled": sql.SQL("finished_at is not null and verdict is null"),
        "open": sql.SQL("finished_at is null"),
        "paused": sql.SQL("state = 'paused'"),
        "late": _IS_LATE,
    }
)
_ENDED_PARTS = {part: _PARTS[part] for part in ("met", "breached", "corrected", "cancelled")}


class ComplianceFigures(Figures):
    """One target's instances that ended in the scope; ``compliance`` = met / (met + breached).

    A verdict that was corrected counts as what it was corrected to; ``corrected`` of both count otherwise than their
    clock says. ``cancelled`` were so in time and count for neither; what was late when it was cancelled is breached.
    ``told_late``: of both, those of tickets with a fact told more than 7 days after it happened.
    ``elapsed_median`` and ``elapsed_p90``: seconds of the calendar that the fulfilled ones took, interpolated; None
    when there are none.
    """

    target: TargetName
    compliance: Share
    met: int
    breached: int
    corrected: int
    cancelled: int
    told_late: Share
    elapsed_median: float | None
    elapsed_p90: float | None


class EndedPromises(NamedTuple):
    """How many instances were met, breached and cancelled in time."""

    met: int
    breached: int
    cancelled: int


class OpenFigures(BaseModel):
    """One target's instances that have not ended, whenever they began: ``paused`` and ``late`` of them may overlap."""

    model_config = ConfigDict(frozen=True)

    target: TargetName
    of: dict[Dimension, str | None]
    open: int
    paused: int
    late: int


@dataclass(slots=True)
class ClockRow(SlaClock):
    """One target instance. Durations are microseconds of its calendar, ``paused_us`` of real time.

    ``activated_by``, the version of the event that began the instance, identifies it; a late fact may change its number
    (``instance``). ``verdict`` is the clock's; ``corrected_verdict`` counts instead where there is one; an instance
    that was cancelled in time has neither. ``told_late``: a fact that happened before the instance ended was told more
    than 7 days after it happened. ``late``: the instance is open and over its target.
    """

    late: bool


@dataclass(slots=True)
class ListedClock(ClockRow):
    """``at`` is since when it is late, or else when it is due."""

    at: datetime


ClockCursor = tuple[datetime, UUID, str, int]
"""Where a page of clocks ended: the instant it is sorted by, ticket, target and what activated it."""


def compliance(connection: Connection, schema: str, scope: ReportScope) -> list[ComplianceFigures]:
    """Met, breached and cancelled by target, by the period in which the instance ended."""
    statement = _SQL["compliance"].composed(
        schema,
        names=scope.names,
        keys=scope.keys,
        period=scope.period("finished_at"),
        of_any_target=_OF_ANY_TARGET,
        covers=scope.covers("finished_at"),
        **_ENDED_PARTS,
    )
    return [
        ComplianceFigures(
            **scope.group(row),
            target=row["target"],
            compliance=Share(numerator=row["met"], denominator=row["met"] + row["breached"]),
            met=row["met"],
            breached=row["breached"],
            corrected=row["corrected"],
            cancelled=row["cancelled"],
            told_late=Share(numerator=row["told_late"], denominator=row["met"] + row["breached"]),
            elapsed_median=_seconds(row["median"]),
            elapsed_p90=_seconds(row["p90"]),
        )
        for row in groups(connection, statement, scope.by)
    ]


def kept_promises(
    connection: Connection, schema: str, scope: ReportScope
) -> dict[tuple[TargetName, date], EndedPromises]:
    """What ended of each target on each day of the scope, without anything else; the scope has no dimensions."""
    days, begins = scope.periods("day")
    statement = _SQL["kept promises"].composed(
        schema,
        targets=sql.Literal(list(get_args(TargetName))),
        days=days,
        begins=begins,
        end=sql.Literal(scope.end),
        where=all_of(scope.where),
        **_ENDED_PARTS,
    )
    return {(target, day): EndedPromises(*counts) for target, day, *counts in connection.execute(statement)}


def open_clocks(
    connection: Connection,
    schema: str,
    *,
    now: datetime,
    by: tuple[Dimension, ...] = (),
    where: Mapping[Dimension, str | None] = MappingProxyType({}),
) -> list[OpenFigures]:
    """The instances that have not ended at ``now``, by target and dimensions; compliance does not count them."""
    statement = _SQL["open clocks"].composed(
        schema,
        names=sql.SQL(", ").join(group_columns(("target", *by))),
        keys=sql.SQL(", ").join(grouping(("target", *by))),
        late=_IS_LATE,
        where=all_of(where),
    )
    rows = groups(connection, statement, by, {"now": now})
    return [OpenFigures(**row, of={dimension: row[dimension] for dimension in by}) for row in rows]


def clocks_behind(
    connection: Connection,
    schema: str,
    scope: ReportScope,
    *,
    now: datetime,
    part: Part,
    target: TargetName,
    after: ClockCursor | None = None,
    limit: int = 100,
) -> list[ClockRow]:
    """The instances that a figure counts, narrowed down by ``scope.where``, oldest first, behind the cursor ``after``.

    What has ended counts in the scope by the instant it ended; what is open at ``now``, whenever it began, by its
    activation. ``limit``: at least 1, more than MOST counts as MOST.
    """
    ended = part in ENDED
    counts = sql.SQL(" and ").join(
        [
            _PARTS[part],
            sql.SQL("target = {}").format(sql.Literal(target)),
            scope.covers("finished_at") if ended else all_of(scope.where),
        ]
    )
    return _page(connection, schema, counts, "finished_at" if ended else "activated_at", now, after, limit)


def due_next(
    connection: Connection,
    schema: str,
    *,
    now: datetime,
    where: Mapping[Dimension, str | None] = MappingProxyType({}),
    after: ClockCursor | None = None,
    limit: int = 100,
) -> list[ClockRow]:
    """The running clocks that are not due before ``now``, the next one first, behind the ``ClockCursor`` after."""
    counts = sql.SQL("state = 'running' and due_at >= %(now)s and {}").format(all_of(where))
    return _page(connection, schema, counts, "due_at", now, after, limit)


def late_and_due(
    connection: Connection,
    schema: str,
    *,
    now: datetime,
    where: Mapping[Dimension, str | None],
    limit: int,
) -> list[ListedClock]:
    """The clocks that are late at ``now``, the longest first, then the running ones that are due next.

    There are at most ``limit`` of each.
    """
    statement = _SQL["late and due"].composed(schema, columns=selected(SlaClock), late=_IS_LATE, where=all_of(where))
    with connection.cursor(row_factory=class_row(ListedClock)) as cursor:
        clocks = cursor.execute(statement, {"now": now, "limit": min(limit, MOST)}).fetchall()
    name_survivors(connection, schema, clocks)
    return clocks


def _page(
    connection: Connection,
    schema: str,
    counts: sql.Composable,
    instant: str,
    now: datetime,
    after: ClockCursor | None,
    limit: int,
) -> list[ClockRow]:
    order = sql.SQL("{}, ticket, target, activated_by").format(sql.Identifier(instant))
    statement = sql.SQL(
        "select {columns}, {late} as late from {clocks} where {counts} and {behind} order by {order} limit %(limit)s"
    ).format(
        columns=selected(SlaClock),
        late=_IS_LATE,
        clocks=sql.Identifier(schema, "sla_clocks"),
        counts=counts,
        behind=sql.SQL("({}) > (%(at)s, %(ticket)s, %(target)s, %(activated_by)s)").format(order)
        if after
        else sql.SQL("true"),
        order=order,
    )
    parameters: dict[str, Any] = {"now": now, "limit": min(limit, MOST)}
    if after is not None:
        parameters |= dict(zip(("at", "ticket", "target", "activated_by"), after, strict=True))
    with connection.cursor(row_factory=class_row(ClockRow)) as cursor:
        clocks = cursor.execute(statement, parameters).fetchall()
    name_survivors(connection, schema, clocks)
    return clocks


def _seconds(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / SECOND
