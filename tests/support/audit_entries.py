"""Entries of the audit history, made by the fold alone."""

import json
from collections.abc import Sequence
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.audit.queries import AuditEntry
from projections.audit.table import AUDIT_HISTORY, AuditedEvent, AuditRow
from projections.engine.table import column_names
from tests.support.events import CUSTOMER, at, history
from tests.support.folded import rows_of


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
