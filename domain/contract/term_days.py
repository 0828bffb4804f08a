"""The days of a contract's terms: the grace after the end, the end of a renewed term."""

from calendar import monthrange
from datetime import date, timedelta

GRACE_DAYS = 30
"""A renewal that is signed within this many days after the end of a term is late, and still a renewal."""
LAST_OF_MONTH = 31
"""The end day of terms that end on the last day of a month, whichever that is."""


def last_day_of_grace(ends_on: date) -> date:
    return _later(ends_on, GRACE_DAYS)


def lapses_on(ends_on: date) -> date:
    """The day after the grace."""
    return _later(last_day_of_grace(ends_on), 1)


def end_day_of(ends_on: date) -> int:
    """The day of the month on which renewed terms end as well."""
    return LAST_OF_MONTH if ends_on.day == monthrange(ends_on.year, ends_on.month)[1] else ends_on.day


def _later(day: date, days: int) -> date:
    """So many days later, at most the last day of the calendar: a log may hold a term that ends there."""
    return day + min(timedelta(days=days), date.max - day)
