"""The parameters of a report: days, zone, filters and grouping."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Response
from pydantic import BaseModel, BeforeValidator

from api.http.filters import Filter, criteria
from api.http.problems import malformed
from api.http.read_session import ReadRequest, ReadSession, reader
from api.http.zone_parameter import zone_in
from domain.definitions.settings import settings_in_effect
from domain.tenant_settings import TenantSettings
from projections.engine.projection import Projection
from projections.report_tables import ReportTable
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import DEFAULT_DAYS, EARLIEST, LATEST, Every, Period, PeriodRefused, RequestedPeriod
from projections.scope.report_scope import Dimension

LONGEST_PERIOD = timedelta(days=3660)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def written_day(day: object) -> date:
    """A day of a question; a number is none. Raises ValueError."""
    if isinstance(day, date):
        return day
    if isinstance(day, str) and _DAY.fullmatch(day):
        return date.fromisoformat(day)
    raise ValueError("write a date as 2026-03-02")


Day = Annotated[date, BeforeValidator(written_day)]
First = Annotated[
    Day | None, Query(description=f"The first day; {DEFAULT_DAYS} days up to `last` when it is not given.")
]
Last = Annotated[Day | None, Query(description="The last day, included; today when it is not given.")]
Zone = Annotated[
    str | None,
    Query(max_length=64, description="The IANA zone in which days begin; the tenant's when it is not given."),
]
Row = TypeVar("Row")


class Report(BaseModel, Generic[Row]):
    """Figures from ``start`` up to but not including ``end``: one row for each period and group, or one row."""

    start: datetime
    end: datetime
    figures: list[Row]


async def period(first: First = None, last: Last = None, zone: Zone = None) -> RequestedPeriod:
    """The days. Raises Problem (malformed) for an unknown zone."""
    return RequestedPeriod(first, last, None if zone is None else zone_in(zone))


def checked(period: Period, now: datetime) -> Period:
    """The days with both ends. Raises Problem (malformed) when they are too many or cannot be counted."""
    rule = f"from {EARLIEST} to {LATEST}, at most {LONGEST_PERIOD.days} days, the first one first"
    try:
        first, last = period.days(now)
    except PeriodRefused:
        raise malformed([{"loc": ("first",), "msg": rule}]) from None
    if last - first > LONGEST_PERIOD:
        raise malformed([{"loc": ("first",), "msg": rule}])
    return replace(period, first=first, last=last)


async def dimensions(
    team: Filter = None,
    agent: Filter = None,
    priority: Filter = None,
    category: Filter = None,
    channel: Filter = None,
) -> dict[Any, Any]:
    """The filters that are given."""
    return criteria(team=team, agent=agent, priority=priority, category=category, channel=channel)


def settings_of(reader: ReadRequest, view: ReadSession) -> TenantSettings:
    """The settings of the tenant in a reading."""
    return settings_in_effect(view.definitions(reader.tenant), view.now)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A reader with the period, the filters and the grouping of a report."""

    reader: ReadRequest
    period: RequestedPeriod = field(default_factory=RequestedPeriod)
    where: dict[Any, Any] = field(default_factory=dict)
    every: Every | None = None
    by: tuple[Any, ...] = ()

    def query(self, view: ReadSession) -> FigureQuery:
        """The query in a snapshot. Raises Problem (malformed) for days that cannot be counted."""
        return FigureQuery(
            view.connection,
            view.schema,
            view.now,
            self.days(view),
            self.every,
            self.by,
            self.where,
            as_of=self.reader.as_of,
            tenant=self.reader.tenant,
            definitions=view.definitions(self.reader.tenant),
            position=view.position,
            merged=view.is_anybody_merged,
        )

    def days(self, view: ReadSession) -> Period:
        """The days with both ends in their zone. Raises Problem (malformed) for days that cannot be counted."""
        return checked(self.period.under(settings_of(self.reader, view)), view.now)

    def figures(self, table: ReportTable) -> Response:
        """The rows of a table in a period, with the instants at which it starts and ends."""
        with self.reader.view() as view:
            query = self.query(view)
            rows = table.compute(query)
        return view.answer({"start": query.scope.start, "end": query.scope.end, "figures": rows})

    def rows(self, table: ReportTable, *, at: datetime | None = None) -> Response:
        """The rows of a table alone; ``at``: the instant at which it is judged."""
        with self.reader.view() as view:
            query = self.query(view)
            rows: Sequence[object] = table.compute(query if at is None else replace(query, now=at))
        return view.answer(rows)


def for_tickets(*projections: Projection) -> Callable[..., Coroutine[Any, Any, ReportRequest]]:
    """A dependency: the reader, the days and the filters."""

    async def request(
        reader: Annotated[ReadRequest, Depends(reader(*projections))],
        period: Annotated[RequestedPeriod, Depends(period)],
        where: Annotated[dict[Any, Any], Depends(dimensions)],
    ) -> ReportRequest:
        return ReportRequest(reader, period, where)

    return request


def in_groups(*projections: Projection) -> Callable[..., Coroutine[Any, Any, ReportRequest]]:
    """A dependency: the same, and the grouping."""

    async def request(
        report: Annotated[ReportRequest, Depends(for_tickets(*projections))],
        every: Every | None = None,
        by: Annotated[list[Dimension] | None, Query(max_length=5)] = None,
    ) -> ReportRequest:
        return replace(report, every=every, by=tuple(dict.fromkeys(by or ())))

    return request
