"""What was recorded of a stream, as sentences."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.readable import Language
from domain.zones import TimeZone
from projections.audit.sentences import sentence
from projections.audit.table import AUDIT_HISTORY, AuditRow
from projections.audit.words import in_language, word_of
from projections.engine.projection import NO_INPUTS
from projections.engine.stream import Stream

_NOBODY: dict[Language, dict[str, str]] = {
    "en": {"agent": "an agent", "customer": "the customer", "system": "the program", "import": "an import"},
    "vi": {"agent": "một nhân viên", "customer": "khách hàng", "system": "chương trình", "import": "bản nhập"},
}
"""The kinds of actors, for those who may not know who it was."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event. ``late``: it was told after what happened later. ``through`` is the channel it came in by."""

    version: int
    position: int
    topic: str
    occurred_at: datetime
    recorded_at: datetime
    late: bool
    through: str | None
    text: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Described:
    topic: str
    actor: str
    actor_kind: str
    on_behalf_of: str | None
    facts: dict[str, Any]


def sentences_of(
    history: Sequence[RecordedEvent], language: Language, zone: TimeZone, *, names_actors: bool
) -> list[Sentence]:
    """The events of one stream in recorded order. Without ``names_actors`` they say what kind of actor it was."""
    if not history:
        return []
    rows: Iterable[AuditRow] = AUDIT_HISTORY.fold(Stream(history), NO_INPUTS)
    return [_sentence(row, language, zone, names_actors=names_actors) for row in rows]


def recorded_since(
    connection: Connection,
    tenant: str,
    stream: UUID,
    version: int,
    language: Language,
    zone: TimeZone,
    *,
    names_actors: bool,
) -> list[Sentence]:
    """What was recorded of a stream behind a version."""
    history = reader.streams(connection, tenant, [stream], reader.head(connection, tenant)).get(stream, [])
    said = sentences_of(history, language, zone, names_actors=names_actors)
    return [each for each in said if each.version > version]


def _sentence(row: AuditRow, language: Language, zone: TimeZone, *, names_actors: bool) -> Sentence:
    facts = json.loads(row.facts)
    entry = _Described(row.topic, row.actor, row.actor_kind, row.on_behalf_of, facts)
    if not names_actors:
        entry = _Described(row.topic, _NOBODY[language].get(row.actor_kind, row.actor_kind), "agent", None, facts)
    text = sentence(entry, language, zone=zone, brief=True)
    return Sentence(
        version=row.version,
        position=row.position,
        topic=row.topic,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        late=row.late,
        through=row.channel and word_of("channel", row.channel, language),
        text=f"{text[:1].upper()}{text[1:]}",
        reason=row.reason and in_language(row.reason, language),
    )
