"""What the desk records for commands to one ticket, by the handlers and with published definitions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.command_context import Actor
from domain.command_handling.aggregates import handler_of
from domain.command_handling.ticket_stream import TICKET as TICKETS_OF_DESK
from domain.command_handling.ticket_stream import TicketStream
from domain.definitions.kind import DefinitionVersion
from domain.definitions.state import PublishedDefinition
from domain.envelope import RecordedEvent
from domain.messages import Command, Event
from tests.support.events import AGENT, TICKET, Fact, history, in_turn, instant

NOTHING = PublishedDefinition()


def published(body: Any, version: int = 1) -> PublishedDefinition:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return PublishedDefinition("published", (DefinitionVersion(version, first, body.model_dump(mode="json")),))


def folded(facts: Sequence[Fact]) -> TicketStream:
    stream = TicketStream()
    for fact in facts:
        stream = TICKETS_OF_DESK.after(stream, fact.payload, fact.occurred_at)
    return stream


def decided(
    command: Command, facts: Sequence[Fact], *definitions: PublishedDefinition, by: Actor = AGENT, minute: float
) -> list[Fact]:
    """What the desk records for a command at a minute."""
    handler = handler_of(command)
    known = instant(minute)
    events = handler.decide(command, TICKET, [folded(facts), *definitions], by, command.occurred_at or known)
    return [Fact(happened, payload, by, recorded_at=known) for _, payload, happened in events]


def told(*facts: Fact | Event) -> list[Fact]:
    return in_turn(facts)


def as_recorded(facts: Sequence[Fact]) -> list[RecordedEvent]:
    return history(*facts, ticket=TICKET)
