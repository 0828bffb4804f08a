"""Histories of any stream by local instants, and the instances that a due function gives of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.due.instance import DueInstance
from domain.due.registry import DUE_FUNCTIONS
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.sla.calendar.definition import CalendarDefinition
from domain.zones import zone_named
from projections.timers.time_context import open_days_of
from tests.support.events import Fact, history

HANOI = zone_named("Asia/Ho_Chi_Minh")
OFFICE = CalendarDefinition.model_validate(
    {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "public_holidays": "VN", "week": {"mon-fri": ["08:00-17:00"]}}
)
PLAIN = TimeContext()
WITH_HOLIDAYS = replace(PLAIN, open_days=lambda _calendar, _at: open_days_of(OFFICE))


def local(text: str, zone: str = "Asia/Ho_Chi_Minh") -> datetime:
    """A local instant such as "2026-03-02 09:00", in UTC as the log gives it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone)).astimezone(UTC)


def told(*happened: tuple[str, Event] | Fact) -> list[RecordedEvent]:
    """A stream by local instants, or by facts."""
    return history(*(each if isinstance(each, Fact) else Fact(local(each[0]), each[1]) for each in happened))


def instances(
    name: str,
    events: list[RecordedEvent],
    context: TimeContext = PLAIN,
    zone: str = "Asia/Ho_Chi_Minh",
    /,
    **given: Any,
) -> list[str]:
    """The instances as "identity @ local instant", in order of their instants."""
    due_then = due(name, events, context, **given)
    return [
        f"{instance.identity} @ {instance.due_at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M}" for instance in due_then
    ]


def due(name: str, events: list[RecordedEvent], context: TimeContext = PLAIN, /, **given: Any) -> list[DueInstance]:
    """The instances in order of their instants; each has the values for templates that the due function says."""
    function = DUE_FUNCTIONS[name]
    instances = list(function.due(events, function.parameters.model_validate(given), context))
    assert all(each.placeholders.keys() == function.gives for each in instances)
    return sorted(instances, key=lambda due: due.due_at)


def day(text: str) -> date:
    return date.fromisoformat(text)
