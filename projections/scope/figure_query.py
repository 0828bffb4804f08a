"""The question that a figure answers: the tables, the instant, the period, the grouping and the filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from psycopg import Connection, sql

from domain.definitions.settings import settings_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.tenant_settings import TenantSettings
from projections.scope.periods import Every, Period, labelled_periods
from projections.scope.report_scope import ReportScope


class Span(NamedTuple):
    """A period of a question: ``label`` is its first day, from ``start`` up to but not including ``end``.

    ``judged_at`` is its last microsecond, or the present instant within it: what is asked of an instant is asked of it.
    """

    label: date | None
    start: datetime
    end: datetime
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """What a figure is computed from. ``schema`` holds its projections, ``tenant`` names the log.

    ``now``: the instant at which what depends on the present is judged. ``as_of``: the instant behind which rows are
    left out, for a figure whose rows carry instants. ``definitions`` are those that are known, ``position`` is that of
    the log that is known; None: its head. ``merged`` says whether any customer is merged into another; None: the
    tables do.
    """

    connection: Connection
    schema: str
    now: datetime
    period: Period
    every: Every | None = None
    by: tuple[Any, ...] = ()
    where: Mapping[Any, Any] = field(default_factory=dict)
    as_of: datetime | None = None
    tenant: str = ""
    definitions: Sequence[RecordedEvent] = ()
    position: int | None = None
    merged: Callable[[], bool] | None = None

    @property
    def scope(self) -> ReportScope:
        """The period as instants, with the grouping. Raises PeriodRefused."""
        start, end = self.period.span(self.now)
        return ReportScope(start, end, self.every, self.period.zone, self.by, self.where, self.period.year_begins)

    @property
    def settings(self) -> TenantSettings:
        """The tenant's settings in effect at ``now``."""
        return settings_in_effect(self.definitions, self.now)

    @property
    def rules(self) -> Sequence[RecordedEvent]:
        """The published policies and calendars that are known."""
        head = reader.head(self.connection, self.tenant) if self.position is None else self.position
        return reader.rules(self.connection, self.tenant, head)

    @property
    def spans(self) -> list[Span]:
        """The periods in order; one without ``every``. Those that have not begun are left out."""
        scope = self.scope
        begins: list[tuple[date | None, datetime]] = [(None, scope.start)]
        if scope.every is not None:
            begins = [*labelled_periods(scope.start, scope.end, scope.every, scope.zone, scope.year_begins)]
        edges = pairwise([*begins, (None, scope.end)])
        return [
            Span(label, start, end, min(end - timedelta.resolution, self.now))
            for (label, start), (_, end) in edges
            if start <= self.now
        ]

    def within(self, instant: str) -> sql.Composed:
        """The condition that a column lies in the period, for a statement that finds its rows by it."""
        scope = self.scope
        return sql.SQL("{0} >= {1} and {0} < {2}").format(
            sql.Identifier(instant), sql.Literal(scope.start), sql.Literal(scope.end)
        )

    def table(self, name: str) -> sql.Identifier:
        """A table of the projections."""
        return sql.Identifier(self.schema, name)
