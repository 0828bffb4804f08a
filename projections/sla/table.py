"""One row a target instance: what was promised for a ticket, how its clock stands, and whether the promise was kept."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import Connection, sql

from domain.customer.events import CustomerRegistered, TierChanged
from domain.envelope import RecordedEvent
from domain.sla.alerts import next_announcement, recorded_alerts
from domain.sla.calendar.microseconds import SECOND, from_microseconds
from domain.sla.clock.clock import clocks, tiers_of
from domain.sla.clock.corrections import VerdictCorrections, correction_of, corrections_in
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy.published import rulebook_of
from domain.ticket.lateness import first_told_late
from domain.ticket.timeline import life_of, receipt_of
from projections.engine.projection import FoldInputs, Projection, Row, Table, kind_of
from projections.scope.folded_words import folded

_DDL: LiteralString = """
create table {schema}.sla_clocks (
    ticket uuid not null,
    target text not null,
    instance integer not null,
    activated_by integer not null,
    policy text not null,
    policy_version integer not null,
    calendar text not null,
    calendar_version integer not null,
    target_seconds bigint not null,
    state text not null,
    activated_at timestamptz not null,
    running_since timestamptz,
    elapsed_us bigint not null,
    paused_us bigint not null,
    due_at timestamptz,
    due_open_at timestamptz,
    late_after timestamptz,
    finished_at timestamptz,
    verdict text,
    corrected_verdict text,
    breached_at timestamptz,
    watch_at timestamptz,
    customer uuid not null,
    channel text not null,
    category text,
    priority text,
    team text,
    agent text,
    told_late boolean not null,
    folded text[],
    primary key (ticket, target, activated_by)
);
create index on {schema}.sla_clocks (watch_at) where watch_at is not null;
create index on {schema}.sla_clocks (finished_at) where finished_at is not null;
create index on {schema}.sla_clocks (due_at, ticket, target, activated_by) where state = 'running';
create index on {schema}.sla_clocks (activated_at) where finished_at is null;
create table {schema}.sla_tickets (
    ticket uuid primary key,
    customer uuid not null
);
create index on {schema}.sla_tickets (customer);
"""
COLUMNS = (
    "ticket",
    "target",
    "instance",
    "activated_by",
    "policy",
    "policy_version",
    "calendar",
    "calendar_version",
    "target_seconds",
    "state",
    "activated_at",
    "running_since",
    "elapsed_us",
    "paused_us",
    "due_at",
    "due_open_at",
    "late_after",
    "finished_at",
    "verdict",
    "corrected_verdict",
    "breached_at",
    "watch_at",
    "customer",
    "channel",
    "category",
    "priority",
    "team",
    "agent",
    "told_late",
)


def fold(history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], ...]:
    """The rows of one ticket; before its events stand the published rules and, where they ask for it, its customer's.

    A row is known by what activated its instance; late facts may give it another number (``instance``).
    Nothing in a row depends on now: a running clock has been elapsing since ``running_since`` on top of ``elapsed_us``
    (microseconds of its calendar), and is late at any instant after ``late_after``. ``verdict`` is what the
    ticket's history has settled, ``corrected_verdict`` what was decided to count instead. ``watch_at`` is when the next
    warning or breach falls due that no event announces yet. ``told_late``: whether a fact of the ticket was that
    happened before the instance ended. Dimensions: the ticket when the instance ended, or as it is
    now. Why it stands so is worked out from the log when it is asked for (`ticket_clocks`).
    """
    rules, customer, ticket = _apart(history)
    life = life_of(ticket)
    if not life:
        return [], []
    receipt = life[0].event
    announced = recorded_alerts(ticket)
    corrections = corrections_in(ticket)
    watched = receipt.envelope.actor.kind != "import"
    late = first_told_late(ticket)
    rows = [
        _row(receipt, instance, corrections, next_announcement(instance, announced) if watched else None, late)
        for instance in clocks(ticket, rulebook_of(rules), tiers=tiers_of(customer))
    ]
    return rows, [(receipt.stream, receipt.payload.customer_id)]


def _apart(history: Sequence[RecordedEvent]) -> tuple[Sequence[RecordedEvent], ...]:
    """Its three parts follow each other, so that many rules are not looked at one by one."""
    ticket = bisect_left(history, True, key=lambda event: kind_of(event) == "ticket")
    customer = bisect_left(history, True, hi=ticket, key=lambda event: kind_of(event) == "customer")
    return history[:customer], history[customer:ticket], history[ticket:]


def _companion(rules: Sequence[RecordedEvent], history: Sequence[RecordedEvent]) -> UUID | None:
    if not rules or not rulebook_of(rules).selects_by_tier:
        return None
    receipt = receipt_of(history)
    return receipt.payload.customer_id if receipt else None


def _touched(
    connection: Connection, schema: str, rules: Sequence[RecordedEvent], events: Sequence[RecordedEvent]
) -> list[UUID]:
    """The tickets of customers whose tier changed, also those that nothing was promised for so far."""
    customers = {event.stream for event in events if isinstance(event.payload, CustomerRegistered | TierChanged)}
    if not customers or not rules or not rulebook_of(rules).selects_by_tier:
        return []
    statement = sql.SQL("select ticket from {}.sla_tickets where customer = any(%s::uuid[])")
    ids = [customer.hex for customer in customers]
    return [ticket for (ticket,) in connection.execute(statement.format(sql.Identifier(schema)), [ids]).fetchall()]


SLA_CLOCKS = Projection(
    "sla_clocks",
    frozenset({"ticket"}),
    _DDL,
    (Table("sla_clocks", (*COLUMNS, "folded")), Table("sla_tickets", ("ticket", "customer"))),
    fold,
    FoldInputs(_companion, _touched),
)


def _row(
    receipt: RecordedEvent,
    instance: TargetInstance,
    corrections: VerdictCorrections,
    watch_at: int | None,
    late: datetime | None,
) -> Row:
    promise, ticket = instance.promise, instance.ticket
    finished_at = _at(instance.finished_at)
    correction = correction_of(instance, corrections)
    return (
        receipt.stream,
        instance.target,
        instance.number,
        instance.activated_by,
        instance.edition.name,
        instance.edition.version,
        promise.calendar.name,
        promise.calendar.version,
        promise.duration // SECOND,
        instance.state,
        from_microseconds(instance.activated_at),
        _at(instance.running_since),
        instance.elapsed,
        instance.paused,
        _at(instance.due_at),
        _at(instance.due_open_at),
        _at(instance.late_after),
        finished_at,
        instance.verdict,
        correction and correction.now.verdict,
        _at(instance.breached_at),
        _at(watch_at),
        receipt.payload.customer_id,
        receipt.payload.channel,
        ticket.category,
        ticket.priority,
        ticket.team,
        ticket.agent,
        late is not None and (finished_at is None or late <= finished_at),
        folded(ticket.team, ticket.agent, ticket.priority, ticket.category, receipt.payload.channel),
    )


def _at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)
