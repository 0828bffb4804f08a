"""Arithmetic of local days."""

from calendar import monthrange
from datetime import date, timedelta

_DAY = timedelta(days=1)


def day_after(day: date) -> date:
    return day + _DAY


def day_before(day: date) -> date:
    return day - _DAY


def months_later(day: date, months: int, day_of_month: int) -> date:
    """That day of a later month, or the month's last day when it has none."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day_of_month, monthrange(year, month)[1]))
