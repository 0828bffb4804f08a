"""The audit history, a row for each event: who did what, when it happened and was recorded, through what, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from pydantic_core import to_json

from domain.contract.events import ContractSigned
from domain.envelope import RecordedEvent
from domain.erasure.events import ErasureRequested, LegalHoldPlaced
from domain.event_log.schema import OF_RULES
from domain.feedback.events import FeedbackNoted
from domain.file.events import FileAttached
from domain.notification.events import NotificationRequested
from domain.procedure.events import ProcedureStarted
from domain.segment.events import SegmentEntered, SegmentLeft
from domain.task.events import TaskOpened
from domain.ticket.events import CustomerCorrected, TicketReceived
from domain.usage.events import UsageRecorded
from projections.audit.field_changes import changes_of
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, JsonText, Table
from projections.scope.folded_words import key_of

_OF_A_CUSTOMER = frozenset(
    {
        TicketReceived, CustomerCorrected, ContractSigned, UsageRecorded, FeedbackNoted, FileAttached,
        SegmentEntered, SegmentLeft, NotificationRequested, ProcedureStarted, TaskOpened, ErasureRequested,
        LegalHoldPlaced,
    }
)  # fmt: skip
"""The events that name the customer of their stream."""


@dataclass(slots=True)
class AuditedEvent:
    """One event. ``customer`` is the stream's own, or that of the ticket, contract, file or task as known then.

    ``late``: it happened before an event that its stream held already.
    """

    stream: UUID
    position: BigInt
    version: int
    topic: str
    customer: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    late: bool
    actor: str
    actor_kind: str
    on_behalf_of: str | None
    channel: str | None
    client: str | None
    reason: str | None
    command_id: str
    correlation_id: str | None
    causation_id: str | None


@dataclass(slots=True)
class AuditRow(AuditedEvent):
    """``changes`` are objects of field, old and new. ``facts`` is the payload as recorded."""

    actor_key: str | None
    changes: JsonText
    facts: JsonText


OF_IDENTITY: LiteralString = (
    "topic in ('customer.merged', 'customer.merge_undone', 'customer.absorbed', 'customer.absorption_undone',"
    " 'ticket.customer_corrected')"
)
"""The condition of the partial index over what says who is who."""

OF_SUSPENSIONS: LiteralString = "topic in ('automation.suspended', 'automation.resumed')"
"""The condition of the partial index over what suspends and resumes rules."""

AUDIT_TABLE = Table(
    "audit_history",
    AuditRow,
    key=("position",),
    indexes=(
        "(stream, position) include (occurred_at)",
        "(customer, position)",
        "(customer, occurred_at, position) include (topic, stream)",
        "(stream, version) where " + OF_IDENTITY,
        "(customer) where topic = 'ticket.customer_corrected'",
        "(coalesce(actor_key, actor), position)",
        "(position) where " + OF_RULES,
        "(stream, position) where " + OF_SUSPENSIONS,
    ),
    append_only=True,
)


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[AuditRow]:
    """A row for each new event."""
    old = stream.all[: stream.new_from]
    customer = stream.id if stream.kind == "customer" else _customer_by(old)
    latest = max((event.envelope.occurred_at for event in old), default=stream.all[0].envelope.occurred_at)
    for event, changes in zip(stream.new, changes_of(stream), strict=True):
        envelope, payload = event.envelope, event.payload
        occurred_at = envelope.occurred_at
        late = occurred_at < latest
        if not late:
            latest = occurred_at
        if type(payload) in _OF_A_CUSTOMER:
            customer = payload.customer_id
        actor, origin = envelope.actor, envelope.origin
        yield AuditRow(
            stream=event.stream,
            position=event.position,
            version=event.version,
            topic=event.topic,
            customer=customer,
            occurred_at=occurred_at,
            recorded_at=event.recorded_at,
            late=late,
            actor=actor.id,
            actor_kind=actor.kind,
            on_behalf_of=actor.on_behalf_of,
            channel=origin.channel if origin else None,
            client=origin.client if origin else None,
            reason=envelope.reason,
            command_id=envelope.command_id,
            correlation_id=envelope.correlation_id,
            causation_id=envelope.causation_id,
            actor_key=key_of(actor.id),
            changes=to_json(changes).decode() if changes else "[]",
            facts=payload.__pydantic_serializer__.to_json(payload).decode(),
        )


def _customer_by(events: Sequence[RecordedEvent]) -> UUID | None:
    """The customer that the last of some events names, among those that name one."""
    named = (event.payload.customer_id for event in reversed(events) if type(event.payload) in _OF_A_CUSTOMER)
    return next(named, None)


AUDIT_HISTORY = Projection(
    name="audit_history",
    version=11,
    kinds=frozenset(
        {
            "ticket",
            "agent",
            "customer",
            "contract",
            "usage",
            "feedback",
            "file",
            "segment",
            "notification",
            "policy",
            "calendar",
            "definition",
            "report",
            "switch",
            "procedure",
            "task",
            "erasure",
        }
    ),
    tables=(AUDIT_TABLE,),
    fold=fold,
)
