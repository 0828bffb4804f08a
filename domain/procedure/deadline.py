"""When a step is due: after open time, after open days, after local days, or before the end of a contract."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from domain.local_time import local_day, midnight, wall_instant
from domain.messages import Message, WallTime, Word
from domain.refusal import Refusal
from domain.sla.calendar.business_time import (
    AROUND_THE_CLOCK,
    CalendarDefinition,
    CalendarRangeError,
    business_time,
)
from domain.sla.policy.policy import Seconds
from domain.tenant_settings import WEEKDAYS, Weekday
from domain.zones import TimeZone, zone_named

_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 400
"""Days in a row without an opening, after which a calendar counts as closed for ever."""
Days = Annotated[int, Field(strict=True, ge=0, le=3_650)]


class Deadline(Message):
    """One of four. ``within``: seconds of open time of the calendar. ``open_days``: the last closing of the n-th later
    day on which the calendar opens. ``days``: ``at`` a wall time in the tenant's zone n local days later.
    ``before_end``: at that wall time n local days before the last day of the contract's term.

    They count from the opening of the step, or ``since`` the start of the procedure.
    """

    within: Seconds | None = None
    open_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None
    days: Days | None = None
    before_end: Days | None = None
    at: WallTime = "09:00"
    calendar: Word | None = None
    since: Literal["opened", "started"] = "opened"

    @model_validator(mode="after")
    def _one_of_four(self) -> Self:
        given = [part for part in (self.within, self.open_days, self.days, self.before_end) if part is not None]
        if len(given) != 1:
            raise ValueError("give one of within, open_days, days and before_end")
        return self


class TimeInputs(NamedTuple):
    """What deadlines depend on: the tenant's zone and working days, calendars by folded name, and the last day of the
    contract's term.
    """

    zone: TimeZone
    working_days: CalendarDefinition
    calendars: Mapping[str, CalendarDefinition]
    ends_on: date | None = None


@lru_cache(64)
def working_days(zone: str, week: tuple[Weekday, ...]) -> CalendarDefinition:
    """A calendar that is open all day on the days of a working week."""
    days = {day: ["00:00-24:00"] for day in week or WEEKDAYS}
    return CalendarDefinition.model_validate({"name": "working days", "zone": zone, "week": days})


def due_at(due: Deadline, calendar: str | None, since: datetime, inputs: TimeInputs) -> datetime | None:
    """The instant (UTC) at which a deadline that counts from ``since`` is over; None when it has none.

    ``calendar`` is the folded name of its calendar, if it names one. A wall time that does not exist moves forward
    by the gap, of one that exists twice the first is meant. Raises Refusal when it lies outside the years of calendars.
    """
    default = inputs.working_days if due.open_days is not None else AROUND_THE_CLOCK
    try:
        return _due_at(due, default if calendar is None else inputs.calendars[calendar], since, inputs)
    except (CalendarRangeError, OverflowError):
        raise Refusal("deadline_out_of_range", "its deadline lies outside the years of calendars", "any") from None


def _due_at(due: Deadline, calendar: CalendarDefinition, since: datetime, inputs: TimeInputs) -> datetime | None:
    if due.within is not None:
        return business_time(calendar).add(since, timedelta(seconds=due.within))
    if due.open_days is not None:
        return _closing_of(due.open_days, calendar, since)
    wall = time.fromisoformat(due.at)
    if due.days is not None:
        return wall_instant(local_day(since, inputs.zone) + due.days * _DAY, wall, inputs.zone)
    if inputs.ends_on is None or due.before_end is None:
        return None
    return wall_instant(inputs.ends_on - due.before_end * _DAY, wall, inputs.zone)


def _closing_of(number: int, calendar: CalendarDefinition, since: datetime) -> datetime:
    """The last closing of the n-th open day behind the local day of an instant."""
    zone, times = zone_named(calendar.zone), business_time(calendar)
    day, closed = local_day(since, zone), 0
    while closed < _LONGEST_CLOSURE:
        day += _DAY
        intervals = times.open_intervals(midnight(day, zone), midnight(day + _DAY, zone))
        if intervals:
            number, closed = number - 1, 0
            if not number:
                return intervals[-1][1]
        closed += not intervals
    raise CalendarRangeError
