"""Events, and the envelope of a payload: who, when, through what, why, caused by what."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.command_context import Actor, Origin
from domain.messages import Event

BEHIND_ALL = 2**62
"""A position behind every entry of a log."""


class Envelope(BaseModel):
    """The recorded context of one event. Stream, version, position and recorded_at are columns of the log.

    ``depth`` is how many reactions of automation lead to it, one after the other; None: none.
    """

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
    depth: int | None = None


def new_envelope(
    event_id: str,
    payload: Event,
    *,
    occurred_at: datetime,
    actor: Actor,
    command_id: str,
    origin: Origin | None,
    reason: str | None,
    correlation_id: str | None = None,
    causation_id: str | None = None,
    depth: int | None = None,
) -> Envelope:
    """The envelope of a payload, checked as always; a call of the class takes a microsecond longer."""
    envelope: Envelope = Envelope.__pydantic_validator__.validate_python(
        {
            "event_id": event_id,
            "schema_version": payload.schema_version,
            "occurred_at": occurred_at,
            "actor": actor,
            "command_id": command_id,
            "origin": origin,
            "reason": reason,
            "correlation_id": correlation_id,
            "causation_id": causation_id,
            "depth": depth,
        }
    )
    return envelope


class NewEvent(NamedTuple):
    """An event that is decided and not recorded yet; ``version`` counts its stream from 1."""

    stream: UUID
    version: int
    envelope: Envelope
    payload: Any  # an Event; Any, so that each consumer matches the classes it handles


class RecordedEvent(NamedTuple):
    """A recorded event. ``position`` counts the log of the tenant from 1, ``version`` counts the stream from 1."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime
    envelope: Envelope
    payload: Any  # an Event; Any, so that each consumer matches the classes it handles

    @property
    def occurred_at(self) -> datetime:
        """The instant at which it happened in the world (UTC)."""
        return self.envelope.occurred_at

    def known_at(self, now: datetime) -> datetime:
        """When the log took it, as of ``now``: ``recorded_at`` lies beyond it once the clock was put back."""
        return min(self.recorded_at, now)

    @property
    def is_imported(self) -> bool:
        """Whether an import recorded it: it is of another system's past."""
        return self.envelope.actor.kind == "import"

    @property
    def kind(self) -> str:
        """The kind of aggregate whose stream holds the event: the first word of its topic."""
        return self.topic.partition(".")[0]
