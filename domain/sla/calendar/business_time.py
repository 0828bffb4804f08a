"""Business time: which instants a calendar counts, and arithmetic in them, exact to the microsecond."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from domain.sla.calendar.definition import (
    AROUND_THE_CLOCK,
    CalendarDefinition,
    CalendarVersion,
    Holiday,
    SpecialDay,
    version_in_effect,
)
from domain.sla.calendar.interval_index import (
    CalendarRangeError,
    Interval,
    YearlyIndex,
    refuse_backwards,
    refuse_negative,
    refuse_outside,
    year_start,
)
from domain.sla.calendar.microseconds import duration_in_microseconds, from_microseconds, to_microseconds
from domain.sla.calendar.opening_hours import DAY_MINUTES, Shift, Week
from domain.sla.calendar.public_holidays import PublicHolidays
from domain.zones import zone_named

__all__ = [
    "AROUND_THE_CLOCK",
    "BusinessTime",
    "CalendarDefinition",
    "CalendarRangeError",
    "CalendarVersion",
    "Holiday",
    "PublicHolidays",
    "Shift",
    "SpecialDay",
    "Week",
    "business_time",
    "intersection",
    "version_in_effect",
]

_REACH = 4
"""Days; wider than any zone offset, overnight shift and skipped day together: no shift further away has a part."""


class BusinessTime(ABC):
    """The instants that count, as half-open intervals [open, close), and arithmetic in them.

    Every operation comes twice: with aware datetimes and timedeltas (answers in UTC), and, with `_us` at the end of its
    name, with integers, microseconds since the epoch or of duration. All raise CalendarRangeError outside 1970 to
    2099, and ValueError for a naive datetime, a negative duration or an end before its start.
    """

    def is_open(self, at: datetime) -> bool:
        """Whether the instant counts. An opening does, a closing does not."""
        return self.is_open_us(to_microseconds(at))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The real time inside the open intervals from `start` to `end`."""
        return timedelta(microseconds=self.elapsed_us(to_microseconds(start), to_microseconds(end)))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest instant at which `duration` has elapsed since `start`: it may be a closing. 0 gives `start`."""
        return from_microseconds(self.add_us(to_microseconds(start), duration_in_microseconds(duration)))

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        """The latest instant from which `duration` elapses until `end`: it may be an opening. 0 gives `end`."""
        return from_microseconds(self.subtract_us(to_microseconds(end), duration_in_microseconds(duration)))

    def open_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open intervals within [start, end), cut to it, in order; intervals that touch are one."""
        found = self.open_intervals_us(to_microseconds(start), to_microseconds(end))
        return [(from_microseconds(opens), from_microseconds(closes)) for opens, closes in found]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else the first opening after it. For a `due_at` this is its `due_open_at`."""
        return from_microseconds(self.next_opening_us(to_microseconds(at)))

    @abstractmethod
    def is_open_us(self, at: int) -> bool:
        """`is_open` in microseconds since the epoch."""

    @abstractmethod
    def elapsed_us(self, start: int, end: int) -> int:
        """`elapsed` in microseconds."""

    @abstractmethod
    def add_us(self, start: int, duration: int) -> int:
        """`add` in microseconds."""

    @abstractmethod
    def subtract_us(self, end: int, duration: int) -> int:
        """`subtract` in microseconds."""

    @abstractmethod
    def open_intervals_us(self, start: int, end: int) -> list[Interval]:
        """`open_intervals` in microseconds since the epoch."""

    @abstractmethod
    def next_opening_us(self, at: int) -> int:
        """`next_opening` in microseconds since the epoch."""


@lru_cache(maxsize=1024)
def business_time(definition: CalendarDefinition) -> BusinessTime:
    """The business time of a calendar; equal definitions share one. Hot callers keep the answer."""
    return _Always() if definition.always_open else _Scheduled(_shifts_by_year(definition))


def intersection(first: BusinessTime, second: BusinessTime) -> BusinessTime:
    """The time in which both are open; their zones may differ. Keep the answer: it learns years as it is used."""
    if isinstance(first, _Always):
        return second
    if isinstance(second, _Always):
        return first
    return _Scheduled(_shared_by_year(first, second))


class _Always(BusinessTime):
    """Every instant counts."""

    def is_open_us(self, at: int) -> bool:
        refuse_outside(at)
        return True

    def elapsed_us(self, start: int, end: int) -> int:
        refuse_backwards(start, end)
        refuse_outside(start, end)
        return end - start

    def add_us(self, start: int, duration: int) -> int:
        refuse_negative(duration)
        refuse_outside(start, start + duration)
        return start + duration

    def subtract_us(self, end: int, duration: int) -> int:
        refuse_negative(duration)
        refuse_outside(end, end - duration)
        return end - duration

    def open_intervals_us(self, start: int, end: int) -> list[Interval]:
        refuse_backwards(start, end)
        refuse_outside(start, end)
        return [(start, end)] if start < end else []

    def next_opening_us(self, at: int) -> int:
        refuse_outside(at)
        return at


class _Scheduled(YearlyIndex, BusinessTime):
    """Time by an index of open intervals: bisections, whatever the span."""


def _shifts_by_year(definition: CalendarDefinition) -> Callable[[int], Iterator[Interval]]:
    zone = zone_named(definition.zone)
    special = {day.date: day.hours for day in definition.special_days}
    holidays_in = cache(definition.holidays_in)

    def instant(day: date, minutes: int) -> int:
        over, wall = _wall_time(minutes)
        return to_microseconds(datetime.combine(day + over if over else day, wall, zone))

    def shifts(year: int) -> Iterator[Interval]:
        for day in range(date(year, 1, 1).toordinal() - _REACH, date(year + 1, 1, 1).toordinal() + _REACH):
            starting = date.fromordinal(day)
            hours = special.get(starting)
            if hours is None:
                closed = starting in holidays_in(starting.year)
                hours = () if closed else definition.week.of_day(starting.weekday())
            for shift in hours:
                yield instant(starting, shift.opens), instant(starting, shift.closes)

    return shifts


@cache
def _wall_time(minutes: int) -> tuple[timedelta, time]:
    """Days after a day, and the time of that day; the first of two where the clock shows it twice."""
    over, minutes = divmod(minutes, DAY_MINUTES)
    return timedelta(days=over), time(minutes // 60, minutes % 60)


def _shared_by_year(first: BusinessTime, second: BusinessTime) -> Callable[[int], Iterator[Interval]]:
    def shared(year: int) -> Iterator[Interval]:
        start, end = year_start(year), year_start(year + 1)
        mine, theirs = first.open_intervals_us(start, end), second.open_intervals_us(start, end)
        i = j = 0
        while i < len(mine) and j < len(theirs):
            opens, closes = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if opens < closes:
                yield opens, closes
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1

    return shared
