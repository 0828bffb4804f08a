"""Arithmetic of local days."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

_DAY = timedelta(days=1)


def day_after(day: date) -> date:
    return day + _DAY


def day_before(day: date) -> date:
    return day - _DAY


def months_later(day: date, months: int, day_of_month: int) -> date:
    """That day of a later month, or the month's last day when it has none. Raises OverflowError behind year 9999."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("the month lies outside the calendar")
    return date(year, month, min(day_of_month, monthrange(year, month)[1]))
