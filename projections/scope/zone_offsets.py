"""When the offset of a zone from UTC changes, by the pinned zones."""

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from domain.zones import TimeZone

_STEP, _SECOND = timedelta(days=7), timedelta(seconds=1)


class OffsetChange(NamedTuple):
    """From ``at`` on the clocks of a zone are ``after`` seconds ahead of UTC, until then they were ``before``."""

    at: datetime
    before: int
    after: int


@lru_cache(64)
def offset_changes(zone: TimeZone, first: datetime, last: datetime) -> tuple[OffsetChange, ...]:
    """The changes from one instant to another, in order.

    Two changes within a week that cancel each other are not found; no zone has had such.
    """
    changes: list[OffsetChange] = []
    at, seconds = first, offset_at(zone, first)
    while at < last:
        if offset_at(zone, at + _STEP) == seconds:
            at += _STEP
            continue
        at = _changed(zone, at, seconds)
        before, seconds = seconds, offset_at(zone, at)
        changes.append(OffsetChange(at, before, seconds))
    return tuple(changes)


def offset_at(zone: TimeZone, at: datetime) -> int:
    """The seconds that the clocks of a zone are ahead of UTC at an instant."""
    return (at.astimezone(zone).utcoffset() or timedelta()) // _SECOND


def _changed(zone: TimeZone, low: datetime, seconds: int) -> datetime:
    """The first second of the step after ``low`` at which the offset is not ``seconds`` any more."""
    later = bisect_left(
        range(_STEP // _SECOND), True, key=lambda second: offset_at(zone, low + second * _SECOND) != seconds
    )
    return low + later * _SECOND
