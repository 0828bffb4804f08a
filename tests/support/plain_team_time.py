"""Time by team in plain Python, minute by minute over lists of events, without folds, calendars and SQL of the product.

It knows one calendar, `OFFICE`: in Berlin from Monday to Friday from 08:00 to 12:00, and at night from 22:00 to 06:00.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.envelope import RecordedEvent
from domain.sla.calendar.business_time import CalendarDefinition
from domain.text_folding import fold_name
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from domain.zones import zone_named
from tests.support.events import MINUTE

BERLIN = zone_named("Europe/Berlin")
OFFICE = CalendarDefinition.model_validate(
    {"name": "Office", "zone": "Europe/Berlin", "week": {"mon-fri": ["08:00-12:00", "22:00-06:00"]}}
)
SATURDAY = 5


class PlainSpan(NamedTuple):
    """A team, from when to when (None: it still holds the ticket), the ticket as it held it, and what came after."""

    team: str
    start: datetime
    end: datetime | None
    held: Ticket
    after: Ticket
    last: RecordedEvent


def states(history: Sequence[RecordedEvent]) -> list[tuple[datetime, Ticket, RecordedEvent]]:
    """The ticket after all events of each instant, from the receipt on, with the last of them."""
    receipt = next((event for event in history if isinstance(event.payload, e.TicketReceived)), None)
    if receipt is None:
        return []
    begins = receipt.occurred_at
    states: dict[datetime, tuple[Ticket, RecordedEvent]] = {}
    ticket = Ticket()
    in_order = sorted(history, key=lambda event: (event is not receipt, event.occurred_at, event.version))
    for event in in_order:
        at = max(event.occurred_at, begins)
        ticket = evolve(ticket, event.payload, at)
        states[at] = ticket, event
    return [(at, *rest) for at, rest in states.items()]


def plain_spans(history: Sequence[RecordedEvent]) -> Iterator[PlainSpan]:
    """The spans of one ticket."""
    began: datetime | None = None
    before = Ticket()
    for at, ticket, event in states(history):
        if began is not None and _holder(ticket) != _holder(before):
            yield PlainSpan(_holder(before) or "", began, at, before, ticket, event)
            began = None
        if began is None and _holder(ticket) is not None:
            began = at
        before = ticket
    if began is not None:
        yield PlainSpan(_holder(before) or "", began, None, before, before, history[-1])


def _holder(ticket: Ticket) -> str | None:
    return fold_name(ticket.team) if ticket.is_open and ticket.team is not None else None


def plain_minutes(
    history: Sequence[RecordedEvent], span: PlainSpan, until: datetime, pauses: set[str], calendar: str
) -> int:
    """The open minutes of the calendar in which the ticket did not wait for one of ``pauses``."""
    changes = states(history)
    minutes = 0
    at = span.start
    while at < until:
        now = [ticket for since, ticket, _ in changes if since <= at][-1]
        waits = now.state == "waiting" and now.waiting_for in pauses
        minutes += not waits and (calendar == "24x7" or open_at_office(at))
        at += MINUTE
    return minutes


def open_at_office(at: datetime) -> bool:
    """Whether the office is open, by the wall clock in Berlin; the instants of the tests are whole minutes."""
    wall = at.astimezone(BERLIN)
    if 8 <= wall.hour < 12 or wall.hour >= 22:
        return wall.weekday() < SATURDAY
    return wall.hour < 6 and (wall.date() - timedelta(days=1)).weekday() < SATURDAY


def plain_left_out(span: PlainSpan, verdict: str | None) -> str | None:
    """The reason for which an ended span does not count."""
    after = span.after
    if verdict == "breached" or after.is_open or after.state in {"resolved", "closed"}:
        return None
    if after.state == "merged":
        return "merged"
    return after.cancelled_as if after.cancelled_as in {"duplicate", "spam"} else "cancelled"


def plain_target(team: dict[str, Any] | None, priority: str | None) -> int | None:
    """The target in minutes of a team as it stands in the definition."""
    if team is None:
        return None
    return team.get("targets", {}).get(priority, team.get("target"))  # type: ignore[no-any-return]  # a drawn number
