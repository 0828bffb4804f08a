"""The days, the zone, the tickets and the grouping that a report is asked for."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Response
from pydantic import BaseModel, BeforeValidator

from api.http.filters import Filter, wanted
from api.http.problems import malformed
from api.http.read_session import ReadRequest, ReadSession, reader
from domain.zones import TimeZone, UnknownZone, zone_named
from projections.engine.projection import Projection
from projections.scope.periods import EARLIEST, LATEST, Every, day_begins, day_ends
from projections.scope.report_scope import Dimension, ReportScope

LONGEST_PERIOD = timedelta(days=3660)
DEFAULT_PERIOD = timedelta(days=29)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written(day: object) -> object:
    """A number is no date, though it could be taken for seconds since 1970."""
    if isinstance(day, date) or (isinstance(day, str) and _DAY.fullmatch(day)):
        return day
    raise ValueError("write a date as 2026-03-02")


Day = Annotated[date, BeforeValidator(_written)]
First = Annotated[Day | None, Query(description="The first day; 30 days up to `last` when it is not given.")]
Last = Annotated[Day | None, Query(description="The last day, included; today when it is not given.")]
Zone = Annotated[str, Query(max_length=64, description="The IANA zone in which days begin.")]
Row = TypeVar("Row")


class Report(BaseModel, Generic[Row]):
    """Figures from ``start`` up to but not including ``end``; one group, or one for each period and dimension asked."""

    start: datetime
    end: datetime
    figures: list[Row]


@dataclass(frozen=True, slots=True)
class Period:
    """Local days in a zone."""

    first: date | None
    last: date | None
    zone: TimeZone

    def days(self, now: datetime) -> tuple[date, date]:
        """The first and the last day. Raises Problem (malformed)."""
        try:
            last = self.last or now.astimezone(self.zone).date()
            first = self.first or max(last - DEFAULT_PERIOD, EARLIEST)
        except OverflowError:  # on the first and the last days that there are
            first = last = date.min
        if not (EARLIEST <= first <= last <= LATEST and last - first <= LONGEST_PERIOD):
            rule = f"from {EARLIEST} to {LATEST}, at most {LONGEST_PERIOD.days} days, the first one first"
            raise malformed([{"loc": ("first",), "msg": rule}])
        return first, last

    def stretch(self, now: datetime) -> tuple[datetime, datetime]:
        """From when up to but not including when. Raises Problem (malformed)."""
        first, last = self.days(now)
        return day_begins(first, self.zone), day_ends(last, self.zone)


async def period(first: First = None, last: Last = None, zone: Zone = "UTC") -> Period:
    """Which days."""
    try:
        return Period(first, last, zone_named(zone))
    except UnknownZone as error:
        raise malformed([{"loc": ("zone",), "msg": f"this is no IANA zone, such as {error.meant}"}]) from None


async def dimensions(
    team: Filter = None,
    agent: Filter = None,
    priority: Filter = None,
    category: Filter = None,
    channel: Filter = None,
) -> dict[Any, Any]:
    """Which tickets."""
    return wanted(team=team, agent=agent, priority=priority, category=category, channel=channel)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report, as it was asked for."""

    reader: ReadRequest
    period: Period
    where: dict[Any, Any] = field(default_factory=dict)
    every: Every | None = None
    by: tuple[Dimension, ...] = ()

    def scope(self, now: datetime) -> ReportScope:
        """The stretch of time and the tickets. Raises Problem (malformed)."""
        start, end = self.period.stretch(now)
        return ReportScope(start, end, self.every, self.period.zone, self.by, self.where)

    def answer(self, figures: Callable[[ReadSession, ReportScope], Sequence[object]]) -> Response:
        """The figures of the scope."""
        with self.reader.view() as view:
            scope = self.scope(view.now)
            found = figures(view, scope)
        return view.answer({"start": scope.start, "end": scope.end, "figures": found})


def asked_of_tickets(*projections: Projection) -> Callable[..., Coroutine[Any, Any, ReportRequest]]:
    """A dependency: who asks, for which days and tickets."""

    async def ask(
        reader: Annotated[ReadRequest, Depends(reader(*projections))],
        period: Annotated[Period, Depends(period)],
        where: Annotated[dict[Any, Any], Depends(dimensions)],
    ) -> ReportRequest:
        return ReportRequest(reader, period, where)

    return ask


def asked_in_groups(*projections: Projection) -> Callable[..., Coroutine[Any, Any, ReportRequest]]:
    """The same, and how they are grouped."""

    async def ask(
        asked: Annotated[ReportRequest, Depends(asked_of_tickets(*projections))],
        every: Every | None = None,
        by: Annotated[list[Dimension] | None, Query(max_length=5)] = None,
    ) -> ReportRequest:
        return replace(asked, every=every, by=tuple(dict.fromkeys(by or ())))

    return ask
