"""Events for tests by actor and minute, as envelopes or as recorded histories."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.command_context import Actor, Origin
from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.ids import new_id
from domain.messages import Event
from domain.ticket import events as e

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TICKET, OTHER_TICKET, THIRD_TICKET = (UUID(int=number) for number in (1, 2, 3))
CUSTOMER, OTHER_CUSTOMER = UUID(int=1001), UUID(int=1002)
AGENT, OTHER_AGENT = Actor(id="an", kind="agent"), Actor(id="binh", kind="agent")
CUSTOMER_ACTOR = Actor(id=str(CUSTOMER), kind="customer")
SYSTEM, IMPORT = Actor(id="rules", kind="system"), Actor(id="resolver 7", kind="import")


class Fact(NamedTuple):
    """A payload with the instant, the instant of recording (None: the same) and the actor."""

    occurred_at: datetime
    payload: Event
    by: Actor = AGENT
    recorded_at: datetime | None = None
    reason: str | None = None


def at(
    minute: float, payload: Event, by: Actor = AGENT, recorded: float | None = None, reason: str | None = None
) -> Fact:
    """A fact ``minute`` minutes after START, recorded ``recorded`` minutes after START."""
    return Fact(instant(minute), payload, by, None if recorded is None else instant(recorded), reason)


def instant(minute: float) -> datetime:
    return START + minute * MINUTE


def in_turn(happened: Sequence[Event | Fact]) -> list[Fact]:
    """Facts; an event without an instant happens a minute after the one before it, the first one at START."""
    facts: list[Fact] = []
    for each in happened:
        if isinstance(each, Fact):
            facts.append(each)
        else:
            facts.append(Fact(facts[-1].occurred_at + MINUTE if facts else START, each))
    return facts


def envelope(payload: Event, **fields: Any) -> Envelope:
    """An envelope around a payload; a field that is not given has a plain value."""
    given: dict[str, Any] = {
        "event_id": str(new_id()),
        "schema_version": payload.schema_version,
        "occurred_at": NOON,
        "actor": AGENT,
        "command_id": "c-1",
    }
    return Envelope(**given | fields)


def new_event(payload: Event, stream: UUID | None = None, version: int = 1, **fields: Any) -> NewEvent:
    return NewEvent(stream or new_id(), version, envelope(payload, **fields), payload)


def history(*facts: Fact, ticket: UUID = TICKET, first_position: int = 1) -> list[RecordedEvent]:
    """The facts as one ticket's recorded history, in the order given. Instants of recording never go back."""
    events: list[RecordedEvent] = []
    recorded_at = facts[0].occurred_at
    for version, fact in enumerate(facts, start=1):
        recorded_at = max(recorded_at, fact.recorded_at or fact.occurred_at)
        around = envelope(
            fact.payload,
            event_id=f"{ticket}-{version}",
            occurred_at=fact.occurred_at,
            actor=fact.by,
            command_id=f"command-{ticket}-{version}",
            origin=Origin(channel="api"),
            reason=fact.reason,
        )
        position = first_position + version - 1
        events.append(RecordedEvent(position, ticket, version, fact.payload.topic, recorded_at, around, fact.payload))
    return events


def received(
    customer: UUID = CUSTOMER,
    channel: str = "email",
    category: str = "billing",
    priority: str = "P2",
    subject: str = "The invoice is wrong",
) -> e.TicketReceived:
    return e.TicketReceived(
        customer_id=customer, channel=channel, subject=subject, category=category, priority=priority
    )


def resolved(code: str = "solved") -> e.TicketResolved:
    return e.TicketResolved(resolution="Sent a new invoice", code=code)


def replied(*, automated: bool = False) -> e.ReplySent:
    return e.ReplySent(body="We are looking into it", automated=automated)


def asked() -> e.MessageReceived:
    return e.MessageReceived(body="Any news?")
