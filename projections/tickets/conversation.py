"""The conversation of a ticket: messages of the customer, replies and internal notes, in world order."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.command_context import ActorKind
from domain.envelope import RecordedEvent
from domain.ticket import events as e

UtteranceKind = Literal["message", "reply", "note"]


class Utterance(BaseModel):
    """``version`` is the event's in its ticket. ``written_by`` is the kind of actor that recorded it; who it was is for
    the scope ``audit``. ``automated``: a reply that no person wrote.
    """

    model_config = ConfigDict(frozen=True)

    version: int
    kind: UtteranceKind
    occurred_at: datetime
    recorded_at: datetime
    written_by: ActorKind
    channel: str | None
    automated: bool
    body: str


def utterances_of(history: Iterable[RecordedEvent]) -> Iterator[Utterance]:
    """In the order of the events."""
    return (utterance for event in history if (utterance := _utterance(event)) is not None)


def world_order(utterance: Utterance) -> tuple[datetime, int]:
    """The key by which a conversation is ordered."""
    return utterance.occurred_at, utterance.version


def _utterance(event: RecordedEvent) -> Utterance | None:
    match event.payload:
        case e.TicketReceived(body=str(body), channel=channel):
            return _written(event, "message", body, channel)
        case e.MessageReceived(body=body, channel=channel):
            return _written(event, "message", body, channel)
        case e.ReplySent(body=body, channel=channel, automated=automated):
            return _written(event, "reply", body, channel, automated=automated)
        case e.NoteAdded(body=body):
            return _written(event, "note", body, None)
        case _:
            return None


def _written(
    event: RecordedEvent, kind: UtteranceKind, body: str, channel: str | None, *, automated: bool = False
) -> Utterance:
    return Utterance(
        version=event.version,
        kind=kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        written_by=event.envelope.actor.kind,
        channel=channel,
        automated=automated,
        body=body,
    )
