"""The Vietnamese lunar calendar: the solar day of a lunar one.

A month begins on the day of a new moon in Vietnam (UTC+7). Month 11 holds the winter solstice; in a year of 13 months
the first one that the sun does not leave its sector of 30 degrees in repeats the number before it (the leap month).
New moons and solar longitudes: J. Meeus, Astronomical Algorithms (1998), chapters 25 and 49, truncated as in Hồ Ngọc
Đức's rules of the calendar. Made for the years 1900 to 2100: a month whose new moon lies within two minutes of midnight
may begin a day off, as beside the full series of chapter 49 four of the 2,390 months do.
"""

from datetime import date
from functools import lru_cache
from math import floor, pi, sin

FIRST_YEAR, LAST_YEAR = 1900, 2100
_ZONE = 7 / 24
_MONTH = 29.530588853
_NEW_MOON_0 = 2415020.5
"""The Julian day of about the new moon with the number 0, on 1 January 1900."""
_DAY_ZERO = 1721424.5
"""The Julian day of the ordinal 0 of `date`, at midnight UTC."""
_DEGREE = pi / 180


def solar_day(day: int, month: int, year: int) -> date:
    """The solar day of a lunar one of a common (not leap) month; day 30 of a month of 29 days is its last day.

    ``year`` is the solar year in which the lunar year begins, FIRST_YEAR to LAST_YEAR. Raises ValueError for others.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the lunar calendar is known from {FIRST_YEAR} to {LAST_YEAR}")
    first, following = _month_of(month, year)
    return date.fromordinal(min(first + day - 1, following - 1))


def _month_of(month: int, year: int) -> tuple[int, int]:
    """The ordinals of the first day of a month and of the month after it."""
    began = year if month >= 11 else year - 1  # noqa: PLR2004 -- the year of months is counted from month 11
    solstice, next_solstice = _moon_of_month_11(began), _moon_of_month_11(began + 1)
    after = (month - 11) % 12
    if next_solstice - solstice > 12 and after >= _leap(solstice):  # noqa: PLR2004 -- a leap year has 13 months
        after += 1
    return _new_moon(solstice + after), _new_moon(solstice + after + 1)


def _moon_of_month_11(year: int) -> int:
    """The number of the new moon that begins month 11, the month of the winter solstice of a solar year."""
    moon = floor((date(year, 12, 31).toordinal() + _DAY_ZERO - _NEW_MOON_0) / _MONTH)
    while _new_moon(moon + 1) <= date(year, 12, 31).toordinal():
        moon += 1
    while _sector(_new_moon(moon)) >= 9:  # noqa: PLR2004 -- the sector that begins with the solstice, at 270 degrees
        moon -= 1
    return moon


def _leap(solstice: int) -> int:
    """How many months after month 11 the leap month begins: the first one in which the sun changes no sector."""
    for after in range(1, 14):
        if _sector(_new_moon(solstice + after)) == _sector(_new_moon(solstice + after + 1)):
            return after
    raise ValueError("a year of 13 months has a leap month")


@lru_cache(4_096)
def _new_moon(number: int) -> int:
    """The ordinal of the day in Vietnam of a new moon, counted from that of 1 January 1900."""
    t = number / 1236.85
    mean = 2415020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * _DEGREE)
    sun = (359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3) * _DEGREE
    moon = (306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3) * _DEGREE
    node = (21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3) * _DEGREE
    correction = (
        (0.1734 - 0.000393 * t) * sin(sun)
        + 0.0021 * sin(2 * sun)
        - 0.4068 * sin(moon)
        + 0.0161 * sin(2 * moon)
        - 0.0004 * sin(3 * moon)
        + 0.0104 * sin(2 * node)
        - 0.0051 * sin(sun + moon)
        - 0.0074 * sin(sun - moon)
        + 0.0004 * sin(2 * node + sun)
        - 0.0004 * sin(2 * node - sun)
        - 0.0006 * sin(2 * node + moon)
        + 0.0010 * sin(2 * node - moon)
        + 0.0005 * sin(2 * moon + sun)
    )
    earth = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + correction - earth + _ZONE - _DAY_ZERO)


def _sector(ordinal: int) -> int:
    """The sector of 30 degrees, 0 to 11, in which the sun stands at the midnight in Vietnam that begins a day."""
    t = (ordinal + _DAY_ZERO - _ZONE - 2451545.0) / 36525
    anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3) * _DEGREE
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000290 * sin(3 * anomaly)
    return floor(longitude % 360 / 30)
