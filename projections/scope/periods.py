"""Local days, weeks, months, quarters and years as instants."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.days import months_later
from domain.errors import LedgerError
from domain.local_time import local_day, midnight
from domain.tenant_settings import TenantSettings
from domain.zones import TimeZone, zone_named

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""The days that reports cover."""
DEFAULT_DAYS = 30
"""The days of a report whose first day is not given."""

Every = Literal["day", "week", "month", "quarter", "year"]
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
"""The months of a period that begins with a month."""
_MICROSECOND = timedelta(microseconds=1)


class PeriodRefused(LedgerError):  # noqa: N818 -- names what happened
    """The days are in the wrong order or lie too far away; the message says what to choose."""

    kind = "malformed"
    begins_small = True


def lies_within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    """Whether an instant lies from ``start`` up to but not including ``end``; None: without that bound."""
    return (start is None or start <= at) and (end is None or at < end)


class RequestedPeriod(NamedTuple):
    """Local days as they are asked for. ``zone`` None: the tenant's."""

    first: date | None = None
    last: date | None = None
    zone: TimeZone | None = None

    def under(self, settings: TenantSettings) -> "Period":
        """The days in their zone, with the years of the tenant."""
        return Period(self.first, self.last, self.zone or zone_named(settings.zone), settings.year_begins)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days in a zone, both included; None where a day is not given.

    ``year_begins`` is the month in which a year and its first quarter begin.
    """

    first: date | None
    last: date | None
    zone: TimeZone
    year_begins: int = 1

    def days(self, now: datetime) -> tuple[date, date]:
        """The first and the last day: without a last one up to today, without a first one DEFAULT_DAYS.

        Raises PeriodRefused.
        """
        try:
            last = self.last or local_day(now, self.zone)
            first = self.first or max(last - timedelta(days=DEFAULT_DAYS - 1), EARLIEST)
        except OverflowError:  # now is on the first or the last day that there is
            raise PeriodRefused(_outside("now")) from None
        _check(first, last)
        return first, last

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From when up to but not including when. Raises PeriodRefused."""
        first, last = self.days(now)
        return midnight(first, self.zone), day_ends(last, self.zone)

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """From when up to but not including when, None where a day is not given. Raises PeriodRefused."""
        _check(self.first, self.last)
        start = None if self.first is None else midnight(self.first, self.zone)
        return start, None if self.last is None else day_ends(self.last, self.zone)


def _check(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise PeriodRefused(f"the last day, {last}, lies before the first, {first}: exchange them")
    for day in filter(None, (first, last)):
        if not EARLIEST <= day <= LATEST:
            raise PeriodRefused(_outside(str(day)))


def _outside(day: str) -> str:
    return f"{day} is outside the days that reports cover: choose days from {EARLIEST} to {LATEST}"


def period_bounds(first: date, last: date, every: Every, zone: TimeZone, year_begins: int = 1) -> list[datetime]:
    """The beginnings of the periods from ``first`` to ``last``, both days included, and the end of the last one; UTC.

    Weeks begin on Monday; the outer periods are cut at the first and the last day. Raises ValueError when the last day
    lies before the first.
    """
    if last < first:
        raise ValueError(f"the last day, {last}, lies before the first, {first}")
    return [*(midnight(day, zone) for day in _beginnings(first, last, every, year_begins)), day_ends(last, zone)]


def day_ends(day: date, zone: TimeZone) -> datetime:
    """The first instant that is no longer of that day."""
    return midnight(day + timedelta(days=1), zone)


def labelled_periods(
    start: datetime, end: datetime, every: Every, zone: TimeZone, year_begins: int = 1
) -> list[tuple[date, datetime]]:
    """The periods of the days from ``start`` to before ``end``: the first day of each, and its first instant (UTC).

    The first period is named by its first day, though only the days from ``start`` on are looked at.
    """
    return list(_labelled_periods(start, end, every, zone, year_begins))


@lru_cache(256)
def _labelled_periods(
    start: datetime, end: datetime, every: Every, zone: TimeZone, year_begins: int
) -> tuple[tuple[date, datetime], ...]:
    """Each question asks for its periods several times, and a page has the same ones in many questions."""
    first, last = local_day(start, zone), local_day(max(start, end - _MICROSECOND), zone)
    beginnings = _beginnings(first, last, every, year_begins)
    return tuple((first_day(day, every, year_begins), midnight(day, zone)) for day in beginnings)


def _beginnings(first: date, last: date, every: Every, year_begins: int) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day in {first, first_day(day, every, year_begins)}]


def first_day(day: date, every: Every, year_begins: int) -> date:
    """The first day of the period that a day lies in."""
    match every:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month" | "quarter" | "year":
            months = MONTHS_OF[every]
            return months_later(day, -((day.month - year_begins) % months), 1)
