"""The days of a contract's terms: the grace after the end, the end of a renewed term."""

from calendar import monthrange
from datetime import date, timedelta

GRACE_DAYS = 30
"""A renewal that is signed within this many days after the end of a term is late, and still a renewal."""
LAST_OF_MONTH = 31
"""The end day of terms that end on the last day of a month, whichever that is."""
_DAY = timedelta(days=1)


def last_day_of_grace(ends_on: date) -> date:
    return ends_on + GRACE_DAYS * _DAY


def lapses_on(ends_on: date) -> date:
    """The day after the grace."""
    return last_day_of_grace(ends_on) + _DAY


def day_after(day: date) -> date:
    return day + _DAY


def day_before(day: date) -> date:
    return day - _DAY


def end_day_of(ends_on: date) -> int:
    """The day of the month on which renewed terms end as well."""
    return LAST_OF_MONTH if day_after(ends_on).day == 1 else ends_on.day


def months_later(ends_on: date, months: int, end_day: int) -> date:
    """The end of the next term: on the end day of a later month, or on that month's last day when it has none."""
    month = ends_on.year * 12 + ends_on.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(end_day, monthrange(year, month)[1]))
