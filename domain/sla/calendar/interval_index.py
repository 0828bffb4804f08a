"""The open time of a calendar by years of UTC: a year's intervals are made when it is asked for, its total is kept."""

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
"""Of all calendars of a process, about 60 MB; beyond it the years made first are given up, and made again if asked."""

Interval = tuple[int, int]


class CalendarRangeError(ValueError):
    """The instant asked for, or the answer, lies outside the years 1970 to 2099 that calendars cover."""


def year_start(year: int) -> int:
    """The microseconds at which a year begins in UTC."""
    return to_microseconds(datetime(year, 1, 1, tzinfo=UTC))


EARLIEST = year_start(FIRST_YEAR)
LATEST = year_start(LAST_YEAR + 1)
_YEARS = LAST_YEAR + 1 - FIRST_YEAR
_STARTS = [year_start(FIRST_YEAR + place) for place in range(_YEARS)]
_ENDS = [*_STARTS[1:], LATEST]


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
        raise ValueError(f"the duration is negative ({duration} microseconds): subtract adds backwards, add forwards")


class OpenYear:
    """The open intervals of one year, apart and in order, cut at its ends.

    ``open_before[i]`` is the open time before interval ``i``; ``total`` is the whole of it.
    """

    __slots__ = ("closes", "open_before", "opens", "total")

    def __init__(self, start: int, end: int, intervals: Iterable[Interval]) -> None:
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

    def latest_with(self, open_time: int) -> int:
        """The last instant up to which this much and no more is open; 0 <= open_time < total."""
        i = bisect_right(self.open_before, open_time) - 1
        return self.opens[i] + open_time - self.open_before[i]


class YearlyIndex:
    """Arithmetic in the open time of one calendar, in microseconds. All methods raise CalendarRangeError.

    ``intervals_of_year`` gives every interval that has a part in a year of UTC, in any order, touching or overlapping
    as they may. Threads may share an index: at worst two of them do the same work.
    """

    __slots__ = ("__weakref__", "_before", "_intervals_of_year", "_known", "_lock", "_totals", "_years")

    def __init__(self, intervals_of_year: Callable[[int], Iterable[Interval]]) -> None:
        self._intervals_of_year = intervals_of_year
        self._years: list[OpenYear | None] = [None] * _YEARS
        self._totals: list[int | None] = [None] * _YEARS
        self._before = [0] * (_YEARS + 1)
        """The open time before each year, counted from any one of them."""
        self._known = (0, 0)
        """Where ``_before`` holds: from a year to another, both included; nowhere when they are one."""
        self._lock = Lock()

    def is_open_us(self, at: int) -> bool:
        """Whether an instant lies in an interval."""
        year = self._year(_place(at))
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
        last = _place(end)
        low, high = self._known
        between = self._before[last] - self._before[first] if low <= first < last <= high else self._learn(first, last)
        return between - year.open_until(start) + (self._years[last] or self._year(last)).open_until(end)

    def add_us(self, start: int, duration: int) -> int:
        """The first instant at which so much was open since ``start``."""
        place = _place(start)
        if duration <= 0:
            refuse_negative(duration)
            return start
        year = self._years[place] or self._year(place)
        wanted = year.open_until(start) + duration
        if wanted <= year.total:
            return year.earliest_with(wanted)
        low, high = self._known
        if low <= place < high and self._before[place] + wanted <= self._before[high]:
            wanted += self._before[place]
            place = bisect_left(self._before, wanted, place + 1, high) - 1
            return self._year(place).earliest_with(wanted - self._before[place])
        begun = place
        while wanted > (total := self._total(place)):
            wanted -= total
            place = _later(place)
        self._learn(begun, place + 1)
        return self._year(place).earliest_with(wanted)

    def subtract_us(self, end: int, duration: int) -> int:
        """The last instant from which so much is open until ``end``."""
        place = _place(end)
        if duration <= 0:
            refuse_negative(duration)
            return end
        year = self._years[place] or self._year(place)
        wanted = year.open_until(end) - duration
        if wanted >= 0:
            return year.latest_with(wanted)
        low, high = self._known
        if low <= place <= high and self._before[place] + wanted >= self._before[low]:
            wanted += self._before[place]
            place = bisect_right(self._before, wanted, low, place) - 1
            return self._year(place).latest_with(wanted - self._before[place])
        begun = place
        while wanted < 0:
            place -= 1
            if place < 0:
                raise CalendarRangeError(f"the calendar is not open for long enough after the start of {FIRST_YEAR}")
            wanted += self._total(place)
        self._learn(place, begun)
        return self._year(place).latest_with(wanted)

    def next_opening_us(self, at: int) -> int:
        """The instant itself when it is open, else the next opening."""
        place = _place(at)
        year = self._years[place] or self._year(place)
        i = bisect_right(year.closes, at)
        if i < len(year.opens):
            return max(at, year.opens[i])
        place = _later(place)
        while not self._total(place):
            place = _later(place)
        return self._year(place).opens[0]

    def open_intervals_us(self, start: int, end: int) -> list[Interval]:
        """The intervals between two instants, cut to them; those that touch are one."""
        if end < start:
            refuse_backwards(start, end)
        found: list[Interval] = []
        for opens, closes in self._between(start, end):
            if found and found[-1][1] == opens:
                opens = found.pop()[0]  # noqa: PLW2901 -- it goes on over the turn of a year
            found.append((opens, closes))
        return found

    def _between(self, start: int, end: int) -> Iterator[Interval]:
        for place in range(_place(start), _place(end) + (start < end)):
            year = self._year(place)
            first, behind_last = bisect_right(year.closes, start), bisect_left(year.opens, end)
            for i in range(first, behind_last):
                yield max(year.opens[i], start), min(year.closes[i], end)

    def _learn(self, first: int, last: int) -> int:
        """The open time from the start of a year to that of another one; kept where it meets what is known."""
        totals = [self._total(place) for place in range(first, last)]
        with self._lock:
            low, high = self._known
            if low == high:
                low = high = first
            if first <= high and low <= last:
                for place in range(high, last):
                    self._before[place + 1] = self._before[place] + totals[place - first]
                for place in range(low, first, -1):
                    self._before[place - 1] = self._before[place] - totals[place - 1 - first]
                self._known = min(low, first), max(high, last)
        return sum(totals)

    def _total(self, place: int) -> int:
        total = self._totals[place]
        return self._year(place).total if total is None else total

    def _year(self, place: int) -> OpenYear:
        year = self._years[place]
        if year is None:
            year = OpenYear(_STARTS[place], _ENDS[place], self._intervals_of_year(FIRST_YEAR + place))
            self._totals[place] = year.total
            self._years[place] = year
            _HELD.add(self, place, len(year.opens))
        return year

    def give_up(self, place: int) -> None:
        """Forgets the intervals of a year, not their total."""
        self._years[place] = None


class _Held:
    """The years that are held, in the order in which they were made, up to MOST_INTERVALS_HELD intervals."""

    _OF_A_YEAR = 10  # what an empty year takes, in intervals

    def __init__(self) -> None:
        self._years: deque[tuple[ReferenceType[YearlyIndex], int, int]] = deque()
        self._count = 0
        self._lock = Lock()

    def add(self, index: YearlyIndex, place: int, intervals: int) -> None:
        """One more year; the oldest ones go when there are too many intervals."""
        with self._lock:
            self._years.append((ref(index), place, intervals + self._OF_A_YEAR))
            self._count += intervals + self._OF_A_YEAR
            while self._count > MOST_INTERVALS_HELD:
                oldest, of_year, held = self._years.popleft()
                self._count -= held
                calendar = oldest()
                if calendar is not None:
                    calendar.give_up(of_year)


_HELD = _Held()


def _place(at: int) -> int:
    """The year that an instant lies in, 0 for the first; the end of the last year lies in it."""
    place = bisect_right(_STARTS, at) - 1
    if place < 0 or at > LATEST:
        refuse_outside(at)
    return place


def _later(place: int) -> int:
    if place + 1 == _YEARS:
        raise CalendarRangeError(f"the calendar is not open for long enough before the end of {LAST_YEAR}")
    return place + 1


def _shown(at: int) -> str:
    try:
        return from_microseconds(at).isoformat()
    except OverflowError:
        return f"{at} microseconds from 1970"
