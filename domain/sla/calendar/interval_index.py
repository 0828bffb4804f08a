"""The open time of a calendar by years of UTC: a year's intervals are made at its first use, and its total is kept."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from threading import Lock
from weakref import ReferenceType, ref

from domain.sla.calendar.microseconds import from_microseconds, to_microseconds

FIRST_YEAR = 1970
LAST_YEAR = 2099

MOST_INTERVALS_HELD = 500_000
"""The intervals that the calendars of a process hold, about 60 MB."""

OpenInterval = tuple[int, int]


class CalendarRangeError(ValueError):
    """The given instant, or the answer, lies outside the years 1970 to 2099 that calendars cover."""


def year_start(year: int) -> int:
    """The microseconds at which a year begins in UTC."""
    return to_microseconds(datetime(year, 1, 1, tzinfo=UTC))


EARLIEST = year_start(FIRST_YEAR)
LATEST = year_start(LAST_YEAR + 1)
_YEARS = LAST_YEAR + 1 - FIRST_YEAR
_STARTS = [year_start(FIRST_YEAR + number) for number in range(_YEARS)]
_ENDS = [*_STARTS[1:], LATEST]


def covered(at: datetime) -> int:
    """The microseconds of an instant; of one that no calendar covers, those of the nearest one that they cover."""
    return min(max(to_microseconds(at), EARLIEST), LATEST)


def refuse_outside(*instants: int) -> None:
    """Raise CalendarRangeError for an instant before 1970 or after 2099."""
    for at in instants:
        if not EARLIEST <= at <= LATEST:
            raise CalendarRangeError(f"{_shown(at)} is outside the calendar years {FIRST_YEAR} to {LAST_YEAR}")


def refuse_backwards(start: int, end: int) -> None:
    """Raise ValueError for an end before its start."""
    if end < start:
        raise ValueError(
            f"the end {from_microseconds(end).isoformat()} is before the start {from_microseconds(start).isoformat()}"
        )


def refuse_negative(duration: int) -> None:
    """Raise ValueError for a negative duration."""
    if duration < 0:
        raise ValueError(f"the duration is negative ({duration} microseconds): give the time that is to elapse")


class OpenYear:
    """The open intervals of one year, apart and in order, cut at its ends.

    ``open_before[i]`` is the open time before interval ``i``; ``total`` is the whole of it.
    """

    __slots__ = ("closes", "open_before", "opens", "total")

    def __init__(self, start: int, end: int, intervals: Iterable[OpenInterval]) -> None:
        self.opens: list[int] = []
        self.closes: list[int] = []
        for opens, closes in sorted(intervals):
            self._append(max(opens, start), min(closes, end))
        lengths = (closes - opens for opens, closes in zip(self.opens, self.closes, strict=True))
        self.open_before = list(accumulate(lengths, initial=0))
        self.total = self.open_before[-1]

    def _append(self, opens: int, closes: int) -> None:
        if opens >= closes:
            return
        if self.closes and opens <= self.closes[-1]:
            self.closes[-1] = max(closes, self.closes[-1])
        else:
            self.opens.append(opens)
            self.closes.append(closes)

    def open_until(self, at: int) -> int:
        """The open time from the start of the year to an instant in it."""
        i = bisect_right(self.opens, at) - 1
        if i < 0:
            return 0
        closes = self.closes[i]
        return self.open_before[i] + min(at, closes) - self.opens[i]

    def earliest_with(self, open_time: int) -> int:
        """The first instant up to which this much is open; 0 < open_time <= total."""
        i = bisect_left(self.open_before, open_time) - 1
        return self.opens[i] + open_time - self.open_before[i]


class YearlyIndex:
    """Arithmetic in the open time of one calendar, in microseconds. All methods raise CalendarRangeError.

    ``intervals_of_year`` gives every interval with a part in a year of UTC, in any order; they may touch and overlap.
    ``held`` bounds the intervals that this index and others hold together. Threads may share an index: at worst two of
    them do the same work.
    """

    __slots__ = ("__weakref__", "_before", "_held", "_intervals_of_year", "_known", "_lock", "_totals", "_years")

    def __init__(self, intervals_of_year: Callable[[int], Iterable[OpenInterval]], held: "HeldYears") -> None:
        self._intervals_of_year = intervals_of_year
        self._held = held
        self._years: list[OpenYear | None] = [None] * _YEARS
        self._totals: list[int | None] = [None] * _YEARS
        self._before = [0] * (_YEARS + 1)
        """The open time before each year, counted from any one of them."""
        self._known = (0, 0)
        """The first and the last year for which ``_before`` holds; it holds for none when they are equal."""
        self._lock = Lock()

    def is_open_us(self, at: int) -> bool:
        """Whether an instant lies in an interval."""
        year = self._year(_number(at))
        i = bisect_right(year.opens, at) - 1
        return i >= 0 and at < year.closes[i]

    def elapsed_us(self, start: int, end: int) -> int:
        """The open time between two instants."""
        if end < start:
            refuse_backwards(start, end)
        first = bisect_right(_STARTS, start) - 1
        if first < 0 or end > LATEST:
            refuse_outside(start, end)
        year = self._years[first] or self._year(first)
        if end <= _ENDS[first]:
            return year.open_until(end) - year.open_until(start)
        last = _number(end)
        low, high = self._known
        between = self._before[last] - self._before[first] if low <= first < last <= high else self._learn(first, last)
        return between - year.open_until(start) + (self._years[last] or self._year(last)).open_until(end)

    def add_us(self, start: int, duration: int) -> int:
        """The first instant at which this much was open since ``start``."""
        number = _number(start)
        if duration <= 0:
            refuse_negative(duration)
            return start
        year = self._years[number] or self._year(number)
        wanted = year.open_until(start) + duration
        if wanted <= year.total:
            return year.earliest_with(wanted)
        low, high = self._known
        if low <= number < high and self._before[number] + wanted <= self._before[high]:
            wanted += self._before[number]
            number = bisect_left(self._before, wanted, number + 1, high) - 1
            return self._year(number).earliest_with(wanted - self._before[number])
        begun = number
        while wanted > (total := self._total(number)):
            wanted -= total
            number = _later(number)
        self._learn(begun, number + 1)
        return self._year(number).earliest_with(wanted)

    def next_opening_us(self, at: int) -> int:
        """The instant itself when it is open, else the next opening."""
        number = _number(at)
        year = self._years[number] or self._year(number)
        i = bisect_right(year.closes, at)
        if i < len(year.opens):
            return max(at, year.opens[i])
        number = _later(number)
        while not self._total(number):
            number = _later(number)
        return self._year(number).opens[0]

    def open_intervals_us(self, start: int, end: int) -> list[OpenInterval]:
        """The intervals between two instants, cut to them; those that touch are one."""
        if end < start:
            refuse_backwards(start, end)
        intervals: list[OpenInterval] = []
        for opens, closes in self._between(start, end):
            if intervals and intervals[-1][1] == opens:
                opens = intervals.pop()[0]  # noqa: PLW2901 -- it goes on over the turn of a year
            intervals.append((opens, closes))
        return intervals

    def _between(self, start: int, end: int) -> Iterator[OpenInterval]:
        for number in range(_number(start), _number(end) + (start < end)):
            year = self._year(number)
            first, behind_last = bisect_right(year.closes, start), bisect_left(year.opens, end)
            for i in range(first, behind_last):
                yield max(year.opens[i], start), min(year.closes[i], end)

    def _learn(self, first: int, last: int) -> int:
        """The open time from the start of one year to that of another; kept where it touches the known years."""
        totals = [self._total(number) for number in range(first, last)]
        with self._lock:
            low, high = self._known
            if low == high:
                low = high = first
            if first <= high and low <= last:
                for number in range(high, last):
                    self._before[number + 1] = self._before[number] + totals[number - first]
                for number in range(low, first, -1):
                    self._before[number - 1] = self._before[number] - totals[number - 1 - first]
                self._known = min(low, first), max(high, last)
        return sum(totals)

    def _total(self, number: int) -> int:
        total = self._totals[number]
        return self._year(number).total if total is None else total

    def _year(self, number: int) -> OpenYear:
        year = self._years[number]
        if year is None:
            year = OpenYear(_STARTS[number], _ENDS[number], self._intervals_of_year(FIRST_YEAR + number))
            self._totals[number] = year.total
            self._years[number] = year
            self._held.add(self, number, len(year.opens))
        return year

    def give_up(self, number: int) -> None:
        """Drops the intervals of a year and keeps their total."""
        self._years[number] = None


class HeldYears:
    """The years that indexes hold, oldest first, with ``most`` intervals in all. Threads may share it.

    Beyond ``most`` the oldest years are given up; an index makes a year again when it needs it.
    """

    _OF_A_YEAR = 10  # what an empty year takes, in intervals

    def __init__(self, most: int) -> None:
        self._most = most
        self._years: deque[tuple[ReferenceType[YearlyIndex], int, int]] = deque()
        self._count = 0
        self._lock = Lock()

    def add(self, index: YearlyIndex, number: int, intervals: int) -> None:
        """Adds a year, and drops the oldest ones while there are too many intervals."""
        with self._lock:
            self._years.append((ref(index), number, intervals + self._OF_A_YEAR))
            self._count += intervals + self._OF_A_YEAR
            while self._count > self._most:
                oldest, of_year, held = self._years.popleft()
                self._count -= held
                calendar = oldest()
                if calendar is not None:
                    calendar.give_up(of_year)


def _number(at: int) -> int:
    """The number of the year that an instant lies in, 0 for the first one; the end of the last year lies in it."""
    number = bisect_right(_STARTS, at) - 1
    if number < 0 or at > LATEST:
        refuse_outside(at)
    return number


def _later(number: int) -> int:
    if number + 1 == _YEARS:
        raise CalendarRangeError(f"the calendar is not open for long enough before the end of {LAST_YEAR}")
    return number + 1


def _shown(at: int) -> str:
    try:
        return from_microseconds(at).isoformat()
    except OverflowError:
        return f"{at} microseconds from 1970"
