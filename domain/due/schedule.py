"""The time rules of schedules: wall times, local days before and after, open days, months.

A wall time that does not exist moves forward by the gap. One that exists twice is the first, as in calendars.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from domain.days import months_later
from domain.due.time_context import IsOpenDay, TimeContext
from domain.local_time import midnight, wall_instant
from domain.messages import one_or_more
from domain.sla.policy.durations import parse_duration

Every = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]


Delay = Annotated[int, BeforeValidator(parse_duration), Field(ge=0)]
"""Seconds between an instant and what is due after it, written as "24h" or "1h 30m"; in days of 24 hours."""
MOST_GIVEN = 20
"""The durations, or the numbers of days, that one rule gives."""
Durations = Annotated[tuple[Delay, ...], BeforeValidator(one_or_more), Field(min_length=1, max_length=MOST_GIVEN)]
"""One duration or several, each of which is an instance of its own."""
DayCounts = Annotated[
    tuple[Annotated[int, Field(strict=True, ge=0, le=3650)], ...],
    BeforeValidator(one_or_more),
    Field(min_length=1, max_length=MOST_GIVEN),
]
"""One number of days or several."""

_DAY = timedelta(days=1)
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_DAYS = {"daily": 1, "weekly": 7}
MOST_CLOSED_DAYS = 366
"""After so many closed days in a row the search for an open one ends where it began."""


def at_wall(day: date, wall: str | time, context: TimeContext) -> datetime:
    """The instant of a wall time on a local day of the tenant."""
    at = time.fromisoformat(wall) if isinstance(wall, str) else wall
    return wall_instant(day, at, context.zone_on(day))


def end_of_day(day: date, context: TimeContext) -> datetime:
    """The instant at which the next local day begins."""
    return midnight(day + _DAY, context.zone_on(day + _DAY))


def open_day_at_or_before(day: date, is_open: IsOpenDay) -> date:
    """The last open day at or before a day: for deadlines."""
    return _first_open(day, -_DAY, is_open)


def open_day_at_or_after(day: date, is_open: IsOpenDay) -> date:
    """The first open day at or after a day: for courtesies."""
    return _first_open(day, _DAY, is_open)


def open_days_later(at: datetime, days: int, is_open: IsOpenDay, context: TimeContext) -> datetime:
    """The same wall time so many open days later; the day of ``at`` is not counted."""
    local = at.astimezone(context.zone_at(at))
    day = local.date()
    for _ in range(days):
        day = _first_open(day + _DAY, _DAY, is_open)
    return at if days == 0 else at_wall(day, local.time(), context)


def next_day(day: date, every: Every) -> date:
    """The day one interval later; from the 31st to the last day of a shorter month."""
    if every in _DAYS:
        return day + _DAYS[every] * _DAY
    return months_later(day, _MONTHS[every], day.day)


def _first_open(day: date, step: timedelta, is_open: IsOpenDay) -> date:
    candidate = day
    for _ in range(MOST_CLOSED_DAYS):
        if is_open(candidate):
            return candidate
        candidate += step
    return day
