"""Business time: the instants that a calendar counts, and arithmetic in them, exact to the microsecond."""

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
)
from domain.sla.calendar.interval_index import (
    MOST_INTERVALS_HELD,
    CalendarRangeError,
    HeldYears,
    OpenInterval,
    YearlyIndex,
    refuse_backwards,
    refuse_negative,
    refuse_outside,
)
from domain.sla.calendar.microseconds import duration_in_microseconds, from_microseconds, to_microseconds
from domain.sla.calendar.opening_hours import DAY_MINUTES, Shift, Week
from domain.sla.calendar.public_holidays import PublicHolidays
from domain.zones import zone_named

__all__ = [
    "AROUND_THE_CLOCK",
    "BUSINESS_TIMES",
    "BusinessTime",
    "BusinessTimes",
    "CalendarDefinition",
    "CalendarRangeError",
    "CalendarVersion",
    "Holiday",
    "PublicHolidays",
    "Shift",
    "SpecialDay",
    "Week",
    "business_time",
]

_REACH = 4
"""Days around a year in which shifts are sought: more than zone offset, overnight shift and skipped day together."""


class BusinessTime(ABC):
    """The instants that count, as half-open intervals [open, close), and arithmetic in them.

    Every operation exists twice: with aware datetimes and timedeltas (answers in UTC), and, with the suffix `_us`, with
    integers, microseconds since the epoch or of duration. All raise CalendarRangeError outside 1970 to 2099, and
    ValueError for a naive datetime, a negative duration or an end before its start.
    """

    def is_open(self, at: datetime) -> bool:
        """Whether the instant counts; an opening counts, a closing does not."""
        return self.is_open_us(to_microseconds(at))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The real time inside the open intervals from `start` to `end`."""
        return timedelta(microseconds=self.elapsed_us(to_microseconds(start), to_microseconds(end)))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest instant at which `duration` has elapsed since `start`: it may be a closing. 0 gives `start`."""
        return from_microseconds(self.add_us(to_microseconds(start), duration_in_microseconds(duration)))

    def open_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open intervals within [start, end), cut at its ends, in order; intervals that touch are joined."""
        intervals = self.open_intervals_us(to_microseconds(start), to_microseconds(end))
        return [(from_microseconds(opens), from_microseconds(closes)) for opens, closes in intervals]

    def next_opening(self, at: datetime) -> datetime:
        """`at` when the calendar is open, else the next opening. For a `due_at` this is its `due_open_at`."""
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
    def open_intervals_us(self, start: int, end: int) -> list[OpenInterval]:
        """`open_intervals` in microseconds since the epoch."""

    @abstractmethod
    def next_opening_us(self, at: int) -> int:
        """`next_opening` in microseconds since the epoch."""


class BusinessTimes:
    """The business times of calendars, one for equal definitions. Threads may share it.

    At most ``most_calendars`` are kept, those used last, and all of them hold at most ``most_intervals`` intervals.
    """

    def __init__(self, most_calendars: int = 1024, most_intervals: int = MOST_INTERVALS_HELD) -> None:
        self._held = HeldYears(most_intervals)
        self._kept = lru_cache(most_calendars)(self._make)

    def of(self, definition: CalendarDefinition) -> BusinessTime:
        """The business time of a calendar. Hot callers keep the answer: its look-up reads the whole definition."""
        return self._kept(definition)

    def _make(self, definition: CalendarDefinition) -> BusinessTime:
        return _Always() if definition.always_open else _Scheduled(_shifts_by_year(definition), self._held)


BUSINESS_TIMES = BusinessTimes()
"""Those of this process; its parts share them, since the bound on intervals is one on the memory of a process."""


def business_time(definition: CalendarDefinition) -> BusinessTime:
    """The business time of a calendar, kept by this process."""
    return BUSINESS_TIMES.of(definition)


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

    def open_intervals_us(self, start: int, end: int) -> list[OpenInterval]:
        refuse_backwards(start, end)
        refuse_outside(start, end)
        return [(start, end)] if start < end else []

    def next_opening_us(self, at: int) -> int:
        refuse_outside(at)
        return at


class _Scheduled(YearlyIndex, BusinessTime):
    """Time by an index of open intervals: bisections over any span."""


def _shifts_by_year(definition: CalendarDefinition) -> Callable[[int], Iterator[OpenInterval]]:
    zone = zone_named(definition.zone)
    special = {day.date: day.hours for day in definition.special_days}
    holidays_in = cache(definition.holidays_in)

    def instant(day: date, minutes: int) -> int:
        over, wall = _wall_time(minutes)
        return to_microseconds(datetime.combine(day + over if over else day, wall, zone))

    def shifts(year: int) -> Iterator[OpenInterval]:
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
    """Days after a day, and the time on that day; where the wall clock shows it twice, the first."""
    over, minutes = divmod(minutes, DAY_MINUTES)
    return timedelta(days=over), time(minutes // 60, minutes % 60)
