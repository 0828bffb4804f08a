"""The days of a contract's terms: the grace after the end, the end of a renewed term."""

from datetime import date, timedelta

from domain.days import day_after

GRACE_DAYS = 30
"""A renewal that is signed within this many days after the end of a term is late, and still a renewal."""
LAST_OF_MONTH = 31
"""The end day of terms that end on the last day of a month, whichever that is."""


def last_day_of_grace(ends_on: date) -> date:
    return ends_on + timedelta(days=GRACE_DAYS)


def lapses_on(ends_on: date) -> date:
    """The day after the grace."""
    return day_after(last_day_of_grace(ends_on))


def end_day_of(ends_on: date) -> int:
    """The day of the month on which renewed terms end as well."""
    return LAST_OF_MONTH if day_after(ends_on).day == 1 else ends_on.day
