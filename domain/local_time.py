"""Local days and wall times of a zone.

A wall time that a change of the clocks skips moves forward by the gap. Of one that exists twice the first counts.
What would lie outside the years 1 to 9999 is the first or the last that there is.
"""

from datetime import MINYEAR, UTC, date, datetime, time

from domain.zones import TimeZone

FIRST_INSTANT, LAST_INSTANT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""The ends of the calendar."""


def local_day(at: datetime, zone: TimeZone) -> date:
    """The day of an instant in a zone."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def wall_instant(day: date, wall: time, zone: TimeZone) -> datetime:
    """The instant of a wall time on a local day, in UTC."""
    try:
        return datetime.combine(day, wall.replace(fold=0), zone).astimezone(UTC)
    except OverflowError:
        return FIRST_INSTANT if day.year == MINYEAR else LAST_INSTANT


def midnight(day: date, zone: TimeZone) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return wall_instant(day, time(), zone)
