"""What was recorded of a stream, as sentences."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from psycopg import Connection

from api.screen.visit import Visit
from domain.envelope import RecordedEvent
from domain.event_log import reader as log
from domain.readable import Language
from projections.audit.names import names_of_entries
from projections.audit.sentences import sentence
from projections.audit.words import in_language, word_of
from projections.audit_history.table import AUDIT_HISTORY, AuditRow
from projections.engine.projection import NO_INPUTS
from projections.engine.stream import Stream

_NOBODY: dict[Language, dict[str, str]] = {
    "en": {"agent": "an agent", "customer": "the customer", "system": "the program", "import": "an import"},
    "vi": {"agent": "một nhân viên", "customer": "khách hàng", "system": "chương trình", "import": "bản nhập"},
}
"""The kinds of actors, for those who may not know who it was."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event. ``late``: it was recorded after what happened later. ``through`` is the channel it came in by."""

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

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        return cls(row.topic, row.actor, row.actor_kind, row.on_behalf_of, json.loads(row.facts))


def sentences_of(
    connection: Connection, visit: Visit, history: Sequence[RecordedEvent], behind: int = 0
) -> list[Sentence]:
    """The events of one stream behind a version, in recorded order, with names as they are at the instants of a visit.

    Without the scope ``audit`` they name customers and the visitor, and say of anybody else what kind of actor it was.
    """
    if not history:
        return []
    rows: Iterable[AuditRow] = AUDIT_HISTORY.fold(Stream(history), NO_INPUTS)
    shown = [(row, _Described.of(row)) for row in rows if row.version > behind]
    reader = visit.reader
    described = [entry for _, entry in shown]
    names = names_of_entries(connection, reader.tenant, described, **reader.instants)
    return [_sentence(row, entry, visit, names) for row, entry in shown]


def recorded_since(connection: Connection, visit: Visit, stream: UUID, version: int) -> list[Sentence]:
    """What was recorded of a stream behind a version."""
    tenant = visit.reader.tenant
    history = log.stream(connection, tenant, stream)
    return sentences_of(connection, visit, history, version)


def _sentence(row: AuditRow, entry: _Described, visit: Visit, names: Mapping[str, str]) -> Sentence:
    language = visit.language
    if not visit.may("audit") and row.actor != visit.caller.actor.id and row.actor not in names:
        entry = replace(
            entry, actor=_NOBODY[language].get(row.actor_kind, row.actor_kind), actor_kind="agent", on_behalf_of=None
        )
    text = sentence(entry, language, zone=visit.zone, names=names)
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
