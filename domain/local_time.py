"""Local days and wall times of a zone.

A wall time that a change of the clocks skips moves forward by the gap. Of one that exists twice the first counts.
"""

from datetime import UTC, date, datetime, time

from domain.zones import TimeZone


def local_day(at: datetime, zone: TimeZone) -> date:
    """The day of an instant in a zone."""
    return at.astimezone(zone).date()


def wall_instant(day: date, wall: time, zone: TimeZone) -> datetime:
    """The instant of a wall time on a local day, in UTC."""
    return datetime.combine(day, wall.replace(fold=0), zone).astimezone(UTC)


def midnight(day: date, zone: TimeZone) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return wall_instant(day, time(), zone)
