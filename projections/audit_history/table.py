"""The audit history, a row for each event: who did what, when it happened and was recorded, through what, and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, LiteralString
from uuid import UUID

from pydantic_core import to_json

from domain.contract.events import ContractSigned
from domain.customer.facts.events import NpsAnswered
from domain.envelope import RecordedEvent
from domain.erasure.events import ErasureRequested, LegalHoldPlaced
from domain.feedback.events import FeedbackNoted
from domain.file.events import FileAttached
from domain.messages import Event
from domain.notification.events import NotificationRequested
from domain.procedure.events import ProcedureStarted
from domain.segment.events import SegmentEntered, SegmentLeft
from domain.task.events import TaskOpened
from domain.ticket.events import CustomerCorrected, TicketReceived
from domain.usage.events import UsageRecorded
from projections.audit_history.field_changes import changes_of
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

_TICKET_BY: Mapping[type[Event], Callable[[Any], UUID | None]] = MappingProxyType(
    {
        TaskOpened: lambda opened: opened.about if opened.about_kind == "ticket" else None,
        NotificationRequested: lambda requested: requested.about if requested.about_kind == "ticket" else None,
        ProcedureStarted: lambda started: started.subject if started.subject_kind == "ticket" else None,
        FileAttached: lambda file: file.stream if file.of == "ticket" else None,
        FeedbackNoted: lambda noted: noted.ticket,
    }
)
"""The ticket that the first event of a stream names."""


@dataclass(slots=True)
class AuditedEvent:
    """One event. ``stream_kind`` is the kind of aggregate of its stream, such as ``ticket`` or ``key``.

    ``customer`` is the stream's own, or that of the ticket, contract, file or task as known then. ``ticket`` is the
    stream's own, or the ticket that a task, notification, procedure, file, feedback or NPS answer is about. ``late``:
    it happened before an event that its stream held already.
    """

    stream: UUID
    position: BigInt
    version: int
    stream_kind: str
    topic: str
    customer: UUID | None
    ticket: UUID | None
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
    on_behalf_of_key: str | None
    changes: JsonText
    facts: JsonText


OF_IDENTITY: LiteralString = (
    "topic in ('customer.merged', 'customer.merge_undone', 'customer.absorbed', 'customer.absorption_undone',"
    " 'ticket.customer_corrected')"
)
"""The condition of the partial index over what says who is who."""

OF_SUSPENSIONS: LiteralString = "topic in ('automation.suspended', 'automation.resumed')"
"""The condition of the partial index over what suspends and resumes rules."""

ADMINISTRATION: tuple[LiteralString, ...] = (
    "key", "sealing", "policy", "calendar", "definition", "switch", "report", "erasure",
)  # fmt: skip
"""The kinds of streams that people administer the desk by; their events are few."""

OF_ADMINISTRATION: LiteralString = f"""stream_kind in ('{"', '".join(ADMINISTRATION)}')"""
"""The condition of the partial index over ADMINISTRATION, and of the queries that use it."""

BY_ACTOR: LiteralString = "coalesce(actor_key, actor)"
BY_PRINCIPAL: LiteralString = "coalesce(on_behalf_of_key, on_behalf_of)"
"""What the events of an actor, and those done on behalf of somebody, are found by."""

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
        "(" + BY_ACTOR + ", position)",
        "(" + BY_PRINCIPAL + ", position) where on_behalf_of is not null",
        "((facts ->> 'organisation')) where topic = 'customer.joined'",
        "(position) where " + OF_ADMINISTRATION,
        "(stream, position) where " + OF_SUSPENSIONS,
    ),
    append_only=True,
)


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[AuditRow]:
    """A row for each new event."""
    old = stream.all[: stream.new_from]
    kind, first = stream.kind, stream.all[0].payload
    customer = stream.id if kind == "customer" else _customer_by(old)
    ticket = stream.id if kind == "ticket" else _TICKET_BY.get(type(first), _no_ticket)(first)
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
        yield AuditRow(  # by position: with the names of its fields a row takes three times as long
            event.stream,
            event.position,
            event.version,
            kind,
            event.topic,
            customer,
            payload.ticket if type(payload) is NpsAnswered else ticket,
            occurred_at,
            event.recorded_at,
            late,
            actor.id,
            actor.kind,
            actor.on_behalf_of,
            origin.channel if origin else None,
            origin.client if origin else None,
            envelope.reason,
            envelope.command_id,
            envelope.correlation_id,
            envelope.causation_id,
            key_of(actor.id),
            key_of(actor.on_behalf_of),
            to_json(changes).decode() if changes else "[]",
            payload.__pydantic_serializer__.to_json(payload).decode(),
        )


def _no_ticket(_payload: Any) -> None:
    return None


def _customer_by(events: Sequence[RecordedEvent]) -> UUID | None:
    """The customer that the last of some events names, among those that name one."""
    named = (event.payload.customer_id for event in reversed(events) if type(event.payload) in _OF_A_CUSTOMER)
    return next(named, None)


AUDIT_HISTORY = Projection(name="audit_history", version=17, kinds=None, tables=(AUDIT_TABLE,), fold=fold)
