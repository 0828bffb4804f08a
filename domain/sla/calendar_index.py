"""The open time of a calendar as sorted intervals with running totals, grown by the year as years are asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import accumulate, chain

from domain.sla.microseconds import DAY, from_microseconds, to_microseconds

FIRST_YEAR = 1970
LAST_YEAR = 2099
# Wider than any zone offset, overnight shift and skipped day together: an instant needs no year further away than this.
_REACH = 4 * DAY

Interval = tuple[int, int]


class CalendarRangeError(ValueError):
    """The instant asked for, or the answer, lies outside the years 1970 to 2099 that calendars cover."""


def year_start(year: int) -> int:
    """The microseconds at which a year begins in UTC."""
    return to_microseconds(datetime(year, 1, 1, tzinfo=UTC))


EARLIEST = year_start(FIRST_YEAR)
LATEST = year_start(LAST_YEAR + 1)


def refuse_outside(*instants: int) -> None:
    """Raise CalendarRangeError for an instant before 1970 or after 2099."""
    for at in instants:
        if not EARLIEST <= at <= LATEST:
            raise CalendarRangeError(f"{_shown(at)} is outside the calendar years {FIRST_YEAR} to {LAST_YEAR}")


class OpenIntervals:
    """The open intervals of consecutive years, apart and in order; right for instants in [covers_from, covers_until].

    `open_before[i]` is the open time before interval `i`; the last entry is the whole of it. `open_at_edges` is the
    open time before `covers_from` and before `covers_until`.
    """

    def __init__(self, first_year: int, last_year: int, intervals: Iterable[Interval]) -> None:
        self.first_year = first_year
        self.last_year = last_year
        self.covers_from = EARLIEST if first_year < FIRST_YEAR else year_start(first_year) + _REACH
        self.covers_until = LATEST if last_year > LAST_YEAR else year_start(last_year + 1) - _REACH
        self.opens: list[int] = []
        self.closes: list[int] = []
        for opens, closes in sorted(intervals):
            self._append(max(opens, EARLIEST), min(closes, LATEST))
        lengths = (closes - opens for opens, closes in zip(self.opens, self.closes, strict=True))
        self.open_before = list(accumulate(lengths, initial=0))
        self.open_at_edges = (self.open_until(self.covers_from), self.open_until(self.covers_until))

    def _append(self, opens: int, closes: int) -> None:
        if opens >= closes:
            return
        if self.closes and opens <= self.closes[-1]:
            self.closes[-1] = max(closes, self.closes[-1])
        else:
            self.opens.append(opens)
            self.closes.append(closes)

    def open_until(self, at: int) -> int:
        """The open time from the first interval to an instant."""
        i = bisect_right(self.opens, at) - 1
        if i < 0:
            return 0
        closes = self.closes[i]
        return self.open_before[i] + min(at, closes) - self.opens[i]

    def earliest_with(self, open_time: int) -> int:
        """The first instant up to which this much is open; 0 < open_time <= the whole."""
        i = bisect_left(self.open_before, open_time) - 1
        return self.opens[i] + open_time - self.open_before[i]

    def latest_with(self, open_time: int) -> int:
        """The last instant up to which this much and no more is open; 0 <= open_time < the whole."""
        i = bisect_right(self.open_before, open_time) - 1
        return self.opens[i] + open_time - self.open_before[i]


class GrowingIndex:
    """Open intervals of as many years as have been needed so far.

    `intervals_of_year` gives the intervals that start in a year of the calendar's own zone, in any order, touching or
    overlapping as they may. Every growth makes a new `OpenIntervals` and puts it in place at once, so that threads may
    share an index: at worst two of them do the same work.
    """

    __slots__ = ("_intervals_of_year", "current")

    def __init__(self, intervals_of_year: Callable[[int], Iterable[Interval]]) -> None:
        self._intervals_of_year = intervals_of_year
        self.current: OpenIntervals | None = None

    def covering(self, start: int, end: int) -> OpenIntervals:
        """Intervals right for [start, end]. Raises CalendarRangeError."""
        index = self.current
        if index is not None and index.covers_from <= start and end <= index.covers_until:
            return index
        refuse_outside(start, end)
        return self._grown(from_microseconds(start - _REACH).year, from_microseconds(end + _REACH).year)

    def later(self, index: OpenIntervals, years: int) -> OpenIntervals:
        """The same with more years at the end. Raises CalendarRangeError when there are no more."""
        if index.covers_until == LATEST:
            raise CalendarRangeError(f"the calendar is not open for long enough before the end of {LAST_YEAR}")
        return self._grown(index.first_year, min(index.last_year + years, LAST_YEAR + 1))

    def earlier(self, index: OpenIntervals, years: int) -> OpenIntervals:
        """The same with more years at the front. Raises CalendarRangeError when there are no more."""
        if index.covers_from == EARLIEST:
            raise CalendarRangeError(f"the calendar is not open for long enough after the start of {FIRST_YEAR}")
        return self._grown(max(index.first_year - years, FIRST_YEAR - 1), index.last_year)

    def _grown(self, first: int, last: int) -> OpenIntervals:
        known = self.current
        if known is None:
            index = OpenIntervals(first, last, self._of_years(first, last))
        else:
            first, last = min(first, known.first_year), max(last, known.last_year)
            intervals = chain(
                self._of_years(first, known.first_year - 1),
                zip(known.opens, known.closes, strict=True),
                self._of_years(known.last_year + 1, last),
            )
            index = OpenIntervals(first, last, intervals)
        self.current = index
        return index

    def _of_years(self, first: int, last: int) -> Iterable[Interval]:
        return chain.from_iterable(map(self._intervals_of_year, range(first, last + 1)))


def _shown(at: int) -> str:
    try:
        return from_microseconds(at).isoformat()
    except OverflowError:
        return f"{at} microseconds from 1970"
