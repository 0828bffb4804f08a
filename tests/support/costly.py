"""Definitions at the bounds and one step beyond them, as TOML and as JSON, and their cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from domain.sla.calendar import business_time as calendar_room
from domain.sla.calendar.business_time import BusinessTimes
from domain.sla.calendar.definition import CalendarDefinition
from domain.sla.calendar.interval_index import MOST_INTERVALS_HELD, OpenInterval

MINUTES = [f"{hour:02}:{minute:02}-{hour:02}:{minute + 1:02}" for minute in (0, 30) for hour in range(24)]
"""Shifts of one minute each."""


def office(**changed: Any) -> dict[str, Any]:
    return {"name": "Office", "zone": "UTC", "week": {"mon-fri": ["08:00-12:00"]}} | changed


def policy(*rules: dict[str, Any], **target: Any) -> dict[str, Any]:
    """A policy of several rules; the last one has a target for the resolution in office hours."""
    return {"name": "Costly", "rules": [*rules, {"resolution": {"duration": "8h", "calendar": "Office"} | target}]}


def dates(count: int) -> list[str]:
    """That number of dates from 1970 on."""
    return [f"{1970 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}" for number in range(count)]


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(inner)}' for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def policy_file(
    policy: dict[str, Any], *calendars: dict[str, Any], examples: list[dict[str, Any]] | None = None
) -> str:
    """A policy file with each of these on its own line."""
    parts = {"policy": policy, "calendars": list(calendars), "examples": examples or []}
    return "\n".join(f"{name} = {toml(content)}" for name, content in parts.items())


class Work:
    """The work of calendars: years that were computed, and shifts that were made. ``times`` starts empty."""

    def __init__(self, times: BusinessTimes) -> None:
        self.years: list[int] = []
        self.shifts = 0
        self.times = times


@contextmanager
def counted(most_intervals: int = MOST_INTERVALS_HELD) -> Iterator[Work]:
    """Counts the work of the calendars of ``times``, and of those that the process uses for the first time."""
    work, make = Work(BusinessTimes(most_intervals=most_intervals)), calendar_room._shifts_by_year

    def counting(definition: CalendarDefinition) -> Callable[[int], Iterator[OpenInterval]]:
        shifts_of = make(definition)

        def shifts(year: int) -> Iterator[OpenInterval]:
            work.years.append(year)
            for shift in shifts_of(year):
                work.shifts += 1
                yield shift

        return shifts

    with patch.object(calendar_room, "_shifts_by_year", counting):
        yield work
