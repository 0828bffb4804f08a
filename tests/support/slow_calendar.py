"""Business time in a slow and simple form, which steps through every minute of a short span.

It shares nothing with the code it checks: it reads the definition as plain text (`model_dump`), knows zones only from
UTC to the wall clock, and finds a wall time by walking the minutes until the clock on the wall shows it.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from domain.sla.calendar.definition import CalendarDefinition
from domain.zones import zone_named

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

OpenMinutes = set[datetime]


def open_minutes(definition: CalendarDefinition, first: datetime, last: datetime) -> OpenMinutes:
    """Every UTC minute of [first, last] in which the calendar is open. Both ends are whole minutes."""
    clock = _wall_clock(definition.zone, first - 6 * DAY, last + 6 * DAY)
    minutes: OpenMinutes = set()
    day = first.date() - 3 * DAY
    while day <= last.date() + 3 * DAY:
        for opens, closes in _hours(definition, day):
            minute, end = _instant(clock, opens), _instant(clock, closes)
            while minute < end:
                minutes.add(minute)
                minute += MINUTE
        day += DAY
    return {minute for minute in minutes if first <= minute <= last}


def elapsed(minutes: OpenMinutes, start: datetime, end: datetime) -> timedelta:
    """The open time in [start, end), minute by minute."""
    total = timedelta()
    minute = start.replace(second=0, microsecond=0)
    while minute < end:
        if minute in minutes:
            total += min(end, minute + MINUTE) - max(start, minute)
        minute += MINUTE
    return total


def add(minutes: OpenMinutes, start: datetime, duration: timedelta) -> datetime:
    """Walk forward until the duration is used up."""
    at = start
    while duration:
        minute = at.replace(second=0, microsecond=0)
        step = minute + MINUTE - at
        if minute in minutes:
            step = min(step, duration)
            duration -= step
        at += step
    return at


def is_open(minutes: OpenMinutes, at: datetime) -> bool:
    """Whether the minute that holds the instant is open."""
    return at.replace(second=0, microsecond=0) in minutes


def next_opening(minutes: OpenMinutes, at: datetime) -> datetime:
    """Walk forward to the first open minute."""
    while not is_open(minutes, at):
        at = at.replace(second=0, microsecond=0) + MINUTE
    return at


def _hours(definition: CalendarDefinition, day: date) -> list[tuple[datetime, datetime]]:
    """The local times at which the shifts of a day open and close."""
    written = definition.model_dump(mode="json")
    texts = written["week"][WEEKDAYS[day.weekday()]]
    if day in definition.holidays_in(day.year):
        texts = []
    for special in written["special_days"]:
        if special["date"] == day.isoformat():
            texts = special["hours"]
    return [_wall_times(day, text) for text in texts]


def _wall_times(day: date, text: str) -> tuple[datetime, datetime]:
    opens, closes = text.split("-")
    close_day = day + DAY if closes == "24:00" or closes < opens else day
    return _wall_time(day, opens), _wall_time(close_day, "00:00" if closes == "24:00" else closes)


def _wall_time(day: date, text: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{text}")


WallClock = dict[datetime, datetime]


@lru_cache(maxsize=64)
def _wall_clock(zone: str, first: datetime, last: datetime) -> WallClock:
    """The first instant of each local time. A skipped local time is moved forward by the gap."""
    shown: WallClock = {}
    minute = first
    before: datetime | None = None
    while minute <= last:
        wall = minute.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)
        shown.setdefault(wall, minute)
        if before is not None and wall - before > MINUTE:
            gap = wall - before - MINUTE
            missing = before + MINUTE
            while missing < wall:
                shown.setdefault(missing, minute + (missing + gap - wall))
                missing += MINUTE
        before = wall
        minute += MINUTE
    return shown


def _instant(clock: WallClock, wall: datetime) -> datetime:
    return clock[wall].astimezone(UTC)
