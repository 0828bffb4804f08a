"""The question that a figure answers: the tables, the instant, the period, the grouping and the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection

from projections.scope.periods import Every, Period
from projections.scope.report_scope import ReportScope


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """What a figure is computed from. ``schema`` holds its projection.

    ``now``: the instant at which what depends on the present is judged. ``as_of``: the instant behind which rows are
    left out, for a figure whose rows carry instants.
    """

    connection: Connection
    schema: str
    now: datetime
    period: Period
    every: Every | None = None
    by: tuple[Any, ...] = ()
    where: Mapping[Any, Any] = field(default_factory=dict)
    as_of: datetime | None = None

    @property
    def scope(self) -> ReportScope:
        """The period as instants, with the grouping. Raises PeriodRefused."""
        start, end = self.period.span(self.now)
        return ReportScope(start, end, self.every, self.period.zone, self.by, self.where, self.period.year_begins)
