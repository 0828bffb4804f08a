"""Periods by name: 2026-11-28, 2026-W48, 2026-11, 2026-Q4 and 2026."""

import re
from datetime import date, timedelta
from typing import NamedTuple, get_args

from domain import readable
from domain.days import months_later
from domain.readable import Language
from projections.scope.periods import EARLIEST, LATEST, Every, PeriodRefused, first_day

EXAMPLES = "2026-11-28, 2026-W48, 2026-11, 2026-Q4, 2026"
_NAME = re.compile(
    r"(?P<year>\d{4})(?:-W(?P<week>\d\d)|-Q(?P<quarter>[1-4])|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)


class NamedPeriod(NamedTuple):
    """Local days, both included. ``name`` is the name in its usual form."""

    kind: Every
    name: str
    first: date
    last: date


def named_period(name: str, year_begins: int = 1) -> NamedPeriod:
    """The days of a name. Weeks are those of ISO 8601.

    A year and its quarters begin in the month ``year_begins`` and are named by the calendar year in which the year
    begins: with 4, 2026-Q4 is January to March 2027. Raises PeriodRefused.
    """
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise PeriodRefused(f"{name!r} is no period: write {EXAMPLES}")
    year, week, quarter, month, day = (int(part or 0) for part in match.group(*match.re.groupindex))
    try:
        if week:
            period = period_of(date.fromisocalendar(year, week, 1), "week", year_begins)
        elif quarter:
            first = months_later(date(year, year_begins, 1), 3 * (quarter - 1), 1)
            period = period_of(first, "quarter", year_begins)
        elif day:
            period = period_of(date(year, month, day), "day", year_begins)
        elif month:
            period = period_of(date(year, month, 1), "month", year_begins)
        else:
            period = period_of(date(year, year_begins, 1), "year", year_begins)
    except (ValueError, OverflowError):
        raise PeriodRefused(f"there is no period {name!r}: write {EXAMPLES}") from None
    if period.first < EARLIEST or period.last > LATEST or period.name != name.strip().upper():
        raise PeriodRefused(f"there is no period {name!r} from {EARLIEST} to {LATEST}: write {EXAMPLES}")
    return period


def period_of(day: date, kind: Every, year_begins: int = 1) -> NamedPeriod:
    """The period of a kind that a day lies in."""
    first = first_day(day, kind, year_begins)
    match kind:
        case "day":
            return NamedPeriod(kind, day.isoformat(), day, day)
        case "week":
            year, week, _ = day.isocalendar()
            return NamedPeriod(kind, f"{year}-W{week:02}", first, first + timedelta(days=6))
        case "month":
            return _of_months(kind, f"{day:%Y-%m}", first, 1)
        case "quarter":
            quarter = (first.month - year_begins) % 12 // 3 + 1
            return _of_months(kind, f"{first_day(day, 'year', year_begins).year}-Q{quarter}", first, 3)
        case "year":
            return _of_months(kind, str(first.year), first, 12)


def last_one_over(today: date, kind: Every, year_begins: int = 1) -> NamedPeriod:
    """The last period of a kind that is over on a day."""
    return period_of(period_of(today, kind, year_begins).first - timedelta(days=1), kind, year_begins)


def period_named_by(first: date, last: date, year_begins: int = 1) -> str:
    """The name of the days, or both days when they are no period with a name."""
    period = _period_of_days(first, last, year_begins)
    return f"{first} - {last}" if period is None else period.name


def days_in_words(first: date, last: date, year_begins: int, language: Language) -> str:
    """The days as people call them: the period that they are, or the first and the last one."""
    period = _period_of_days(first, last, year_begins)
    if period is None:
        return f"{readable.day(first, language)} - {readable.day(last, language)}"
    return period_in_words(period, language)


def period_in_words(period: NamedPeriod, language: Language) -> str:
    """A period as people call it: 2026-W48; in Vietnamese "tuần 48/2026 (23/11 - 29/11)"."""
    if language == "en":
        return period.name
    year, _, part = period.name.partition("-")
    match period.kind:
        case "day":
            return readable.day(period.first, language)
        case "week":
            return f"tuần {part[1:]}/{year} ({period.first:%d/%m} - {period.last:%d/%m})"
        case "month":
            return f"tháng {part}/{year}"
        case "quarter":
            return f"quý {part[1:]}/{year}"
        case "year":
            return f"năm {year}"


def _period_of_days(first: date, last: date, year_begins: int) -> NamedPeriod | None:
    """The shortest period that has these days; None where none has."""
    periods = (period_of(first, kind, year_begins) for kind in get_args(Every))
    return next((period for period in periods if (period.first, period.last) == (first, last)), None)


def _of_months(kind: Every, name: str, first: date, months: int) -> NamedPeriod:
    return NamedPeriod(kind, name, first, months_later(first, months, 1) - timedelta(days=1))
