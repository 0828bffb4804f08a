"""The events of an export, as other programs have them."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

from domain.command_context import Actor
from domain.envelope import Envelope, RecordedEvent
from domain.event_log.event_types import EVENT_TYPES
from tests.support.exported_files import lines_of


def exported_histories(file: Path) -> list[list[RecordedEvent]]:
    """The streams of an export of events, from its lines alone."""
    streams: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
    for line in lines_of(file):
        envelope = Envelope(
            event_id=line["event_id"],
            schema_version=line["schema_version"],
            occurred_at=line["occurred_at"],
            actor=Actor(id=line["actor_id"], kind=line["actor_kind"], on_behalf_of=line["actor_on_behalf_of"]),
            command_id=line["command_id"],
        )
        event_type, stream = EVENT_TYPES.class_of(line["topic"]), UUID(line["stream"])
        payload = event_type.model_validate(line["payload"])
        recorded_at = datetime.fromisoformat(line["recorded_at"])
        streams[stream].append(
            RecordedEvent(line["position"], stream, line["version"], line["topic"], recorded_at, envelope, payload)
        )
    return list(streams.values())
