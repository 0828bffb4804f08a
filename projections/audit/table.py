"""Who did what, when it happened and when we learnt of it, through what, why, caused by what: one row an event."""

from collections.abc import Sequence
from typing import LiteralString

from pydantic_core import to_json

from domain.envelope import RecordedEvent
from domain.event_log.schema import OF_RULES
from domain.ticket.events import TicketReceived
from projections.audit.field_changes import changes_of
from projections.engine.projection import Projection, Row, Table, kind_of
from projections.scope.folded_words import key_of

COLUMNS = (
    "stream",
    "position",
    "version",
    "topic",
    "customer",
    "occurred_at",
    "recorded_at",
    "late",
    "actor",
    "actor_key",
    "actor_kind",
    "on_behalf_of",
    "channel",
    "client",
    "reason",
    "command_id",
    "correlation_id",
    "causation_id",
    "changes",
    "facts",
)

# json and not jsonb: it is read back as it was written, whatever characters an imported text holds.
_DDL: LiteralString = (
    """
create table {schema}.audit_history (
    stream uuid not null,
    position bigint primary key,
    version integer not null,
    topic text not null,
    customer uuid,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    late boolean not null,
    actor text not null,
    actor_key text,
    actor_kind text not null,
    on_behalf_of text,
    channel text,
    client text,
    reason text,
    command_id text not null,
    correlation_id text,
    causation_id text,
    changes json not null,
    facts json not null
);
create index on {schema}.audit_history (stream, position);
create index on {schema}.audit_history (customer, position);
create index on {schema}.audit_history (coalesce(actor_key, actor), position);
create index on {schema}.audit_history (position) where """
    + OF_RULES
    + """;
"""
)


def fold(history: Sequence[RecordedEvent], new_from: int) -> tuple[list[Row], ...]:
    """A row for each new event. ``changes`` are objects of field, old and new; ``facts`` is the payload as recorded.

    ``customer`` is whose stream it is, or the ticket's customer as known at that event. ``late``: it happened before an
    event that its stream held already.
    """
    rows: list[Row] = []
    customer = history[0].stream if kind_of(history[0]) == "customer" else None
    latest = history[0].envelope.occurred_at
    for index, (event, changes) in enumerate(zip(history, changes_of(history), strict=True)):
        envelope, payload = event.envelope, event.payload
        occurred_at = envelope.occurred_at
        late = occurred_at < latest
        if not late:
            latest = occurred_at
        if type(payload) is TicketReceived:
            customer = payload.customer_id
        if index < new_from:
            continue
        actor, origin = envelope.actor, envelope.origin
        rows.append(
            (
                event.stream,
                event.position,
                event.version,
                event.topic,
                customer,
                occurred_at,
                event.recorded_at,
                late,
                actor.id,
                key_of(actor.id),
                actor.kind,
                actor.on_behalf_of,
                origin.channel if origin else None,
                origin.client if origin else None,
                envelope.reason,
                envelope.command_id,
                envelope.correlation_id,
                envelope.causation_id,
                to_json(changes).decode(),
                to_json(payload).decode(),
            )
        )
    return (rows,)


AUDIT_HISTORY = Projection(
    name="audit_history",
    kinds=frozenset({"ticket", "customer", "policy", "calendar"}),
    ddl=_DDL,
    tables=(Table("audit_history", COLUMNS, kept=True),),
    fold=fold,
)
