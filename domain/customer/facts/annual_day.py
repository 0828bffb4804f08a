"""A day of every year: a birthday, an anniversary.

29 February falls on 28 February in a common year.
"""

from calendar import isleap, monthrange
from datetime import date

from domain.customer.facts.lunar_calendar import FIRST_YEAR, LAST_YEAR, solar_day

_LEAP_YEAR = 2000
_LONGEST_LUNAR_MONTH = 30


def annual_day_problem(day: int, month: int, year: int | None, *, lunar: bool) -> str | None:
    """What is wrong with a day of every year; None when it exists."""
    if lunar:
        return None if day <= _LONGEST_LUNAR_MONTH else "a month of the lunar calendar has at most 30 days"
    if day > monthrange(year or _LEAP_YEAR, month)[1]:
        return f"there is no day {day} in month {month}" + (f" of {year}" if year else "")
    return None


def next_occurrence(day: int, month: int, start: date, *, lunar: bool = False) -> date | None:
    """The first such day on or after ``start``; None for a lunar day outside the years of the lunar calendar."""
    if not lunar:
        this_year = _in_year(day, month, start.year)
        return this_year if this_year >= start else _in_year(day, month, start.year + 1)
    years = range(max(start.year - 1, FIRST_YEAR), min(start.year + 1, LAST_YEAR) + 1)
    days = (solar_day(day, month, year) for year in years)
    return next((solar for solar in days if solar >= start), None)


def _in_year(day: int, month: int, year: int) -> date:
    common = (day, month) == (29, 2) and not isleap(year)
    return date(year, month, 28 if common else day)
