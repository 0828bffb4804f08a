"""What surrounds every payload: who, when, through what, why, caused by what."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.command_context import Actor, Origin


class Envelope(BaseModel):
    """The recorded circumstances of one event. Stream, version, position and recorded_at stand in the log's columns."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    schema_version: int
    occurred_at: datetime
    actor: Actor
    command_id: str
    origin: Origin | None = None
    reason: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


class NewEvent(NamedTuple):
    """An event that a stream is about to take at ``version``."""

    stream: UUID
    version: int
    envelope: Envelope
    payload: Any  # an Event; Any, so that each consumer matches the classes it knows


class RecordedEvent(NamedTuple):
    """An event as the log holds it. ``position`` counts the tenant's log from 1, ``version`` its stream from 1."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime
    envelope: Envelope
    payload: Any  # an Event; Any, so that each consumer matches the classes it knows

    @property
    def occurred_at(self) -> datetime:
        """When it happened in the world (UTC)."""
        return self.envelope.occurred_at
