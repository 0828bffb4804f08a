"""Entries of the audit history, made by the fold alone."""

import json
from collections.abc import Sequence
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.messages import Event
from projections.audit.queries import (
    AuditEntry,
)
from projections.audit.table import COLUMNS, fold
from tests.support.events import CUSTOMER, at, history


def entries(events: Sequence[RecordedEvent]) -> list[AuditEntry]:
    (rows,) = fold(events, 0)
    return [
        AuditEntry.model_validate(
            dict(zip(COLUMNS, row, strict=True)) | {"changes": json.loads(row[-2]), "facts": json.loads(row[-1])}
        )
        for row in rows
    ]


def customer_history(*payloads: Event, stream: UUID = CUSTOMER) -> list[RecordedEvent]:
    return [
        event._replace(stream=stream)
        for event in history(*(at(minute, payload) for minute, payload in enumerate(payloads)), first_position=200)
    ]
