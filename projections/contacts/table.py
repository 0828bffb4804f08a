"""Messages of tickets, in and out, and logged efforts, a row each.

Both tables are append-only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.timeline import is_answer_by_a_person
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import ClampedInt, Table
from projections.scope.folded_words import key_of


@dataclass(slots=True)
class TicketMessage:
    """A receipt, a message of the customer or a reply. ``version`` is that of its event on the ticket's stream.

    ``automated``: a reply that no person wrote. ``channel``: None where the message names none.
    """

    ticket: UUID
    version: int
    at: datetime
    direction: Literal["in", "out"]
    automated: bool
    channel: str | None
    channel_key: str | None


@dataclass(slots=True)
class LoggedEffort:
    """``kind`` is talk, hold, after_contact, or what an import says."""

    ticket: UUID
    version: int
    at: datetime
    kind: str
    seconds: ClampedInt
    agent: str
    agent_key: str | None


_WRITTEN = frozenset({e.TicketReceived, e.MessageReceived, e.ReplySent, e.EffortLogged})


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[TicketMessage | LoggedEffort]:
    """A row for each new event that is a message or an effort."""
    for event in [event for event in stream.new if type(event.payload) in _WRITTEN]:
        match event.payload:
            case e.TicketReceived(channel=channel) | e.MessageReceived(channel=channel):
                yield _message(event, "in", channel, automated=False)
            case e.ReplySent(channel=channel):
                yield _message(event, "out", channel, automated=not is_answer_by_a_person(event))
            case e.EffortLogged(kind=kind, seconds=seconds, agent=agent):
                at = event.envelope.occurred_at
                yield LoggedEffort(event.stream, event.version, at, kind, seconds, agent, key_of(agent))
            case _:
                pass


def _message(
    event: RecordedEvent, direction: Literal["in", "out"], channel: str | None, *, automated: bool
) -> TicketMessage:
    at = event.envelope.occurred_at
    return TicketMessage(event.stream, event.version, at, direction, automated, channel, key_of(channel))


CONTACTS = Projection(
    name="contacts",
    version=2,
    kinds=frozenset({"ticket"}),
    tables=(
        Table("ticket_messages", TicketMessage, key=("at", "ticket", "version"), append_only=True),
        Table("logged_efforts", LoggedEffort, key=("at", "ticket", "version"), append_only=True),
    ),
    fold=fold,
)
