"""Entries of the audit history, made by the fold alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.event_log.event_types import EVENT_TYPES
from domain.event_log.reader import CODEC
from domain.messages import Event
from domain.readable import Language
from projections.audit.queries import AuditEntry
from projections.audit_history.table import AUDIT_HISTORY, AuditedEvent, AuditRow
from projections.engine.table import column_names
from tests.support.events import CUSTOMER, NOON, at, history, received
from tests.support.folded import rows_of

LANGUAGES: tuple[Language, ...] = get_args(Language)
TOPICS = set(EVENT_TYPES.classes)
SAMPLES = Path(__file__).parents[1] / "domain" / "event_log" / "samples"


def entries(events: Sequence[RecordedEvent]) -> list[AuditEntry]:
    return [
        AuditEntry(
            **{name: getattr(row, name) for name in column_names(AuditedEvent)},
            changes=json.loads(row.changes),
            facts=json.loads(row.facts),
        )
        for row in rows_of(AuditRow, AUDIT_HISTORY, events)
    ]


def customer_history(*payloads: Event, stream: UUID = CUSTOMER) -> list[RecordedEvent]:
    return [
        event._replace(stream=stream)
        for event in history(*(at(minute, payload) for minute, payload in enumerate(payloads)), first_position=200)
    ]


def sample_of(topic: str) -> RecordedEvent:
    """An event of a topic as it was released first."""
    stored = SAMPLES / f"{topic}.json"
    return CODEC.decode(1, UUID(int=1), 1, topic, NOON, stored.read_text(encoding="utf-8"))


def entry_of(event: RecordedEvent, facts: dict[str, Any]) -> AuditEntry:
    """The entry of an event by an agent, with other facts."""
    (entry,) = entries(history(at(0, received())))
    entry.topic, entry.facts = event.topic, facts
    return entry
