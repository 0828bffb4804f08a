"""Figures of the registry, asked of filled tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.local_time import local_day
from domain.zones import UTC_ZONE, TimeZone
from projections.figures.answer import answer, subjects
from projections.figures.figure import FigureRow, FigureSubject
from projections.figures.registry import FIGURES
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, Period
from projections.scope.report_scope import ReportScope
from tests.support.events import START
from tests.support.filled import SCHEMA


@dataclass(frozen=True)
class Exactly(Period):
    """A period between two instants, which need not be the ends of days."""

    start: datetime = START
    end: datetime = START

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """The two instants, whatever the present is."""
        del now
        return self.start, self.end


def question(
    connection: psycopg.Connection,
    start: datetime,
    end: datetime,
    *,
    now: datetime | None = None,
    zone: TimeZone = UTC_ZONE,
    every: Every | None = None,
    by: tuple[str, ...] = (),
    year_begins: int = 1,
    definitions: Sequence[RecordedEvent] = (),
    **where: Any,
) -> FigureQuery:
    """A question about the local days from ``start`` to before ``end``, asked at ``now`` or at the end."""
    last = local_day(end - timedelta.resolution, zone)
    period = Period(local_day(start, zone), last, zone, year_begins)
    return FigureQuery(
        connection, SCHEMA, now or end, period, every, by, where, tenant="default", definitions=definitions
    )


def question_of(connection: psycopg.Connection, scope: ReportScope) -> FigureQuery:
    """The question about a scope of reports, to its very instants."""
    period = Exactly(None, None, scope.zone, scope.year_begins, scope.start, scope.end)
    return FigureQuery(connection, SCHEMA, scope.end, period, scope.every, scope.by, scope.where)


def rows_of_figure(name: str, query: FigureQuery) -> list[FigureRow]:
    """The rows of a figure."""
    return list(answer(FIGURES[name], query, reader.head(query.connection, query.tenant)).rows)


def the_row(name: str, query: FigureQuery) -> FigureRow:
    """The only row of a figure."""
    (row,) = rows_of_figure(name, query)
    return row


def behind(name: str, part: str, query: FigureQuery, page: int = 2) -> list[FigureSubject]:
    """Every fact behind a part, read page by page."""
    facts: list[FigureSubject] = []
    while True:
        after = (facts[-1].at, facts[-1].subject, facts[-1].fact) if facts else None
        more = subjects(FIGURES[name], query, part, after=after, limit=page)
        facts += more
        if len(more) < page:
            return facts


LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
