"""One row a target instance: what was promised for a ticket, how its clock stands, and whether the promise was kept."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from domain.event_log.envelope import RecordedEvent
from domain.sla.clock import clocks
from domain.sla.microseconds import SECOND, from_microseconds
from domain.sla.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.sla.target_instance import TargetInstance
from domain.ticket.timeline import receipt_of
from projections.projection import Projection, Row, Table

DDL: LiteralString = """
create table {schema}.sla_clocks (
    ticket uuid not null,
    target text not null,
    instance integer not null,
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
    next_warning_at timestamptz,
    warnings double precision[] not null,
    finished_at timestamptz,
    verdict text,
    breached_at timestamptz,
    customer uuid not null,
    channel text not null,
    category text,
    priority text,
    team text,
    agent text,
    facts jsonb not null,
    primary key (ticket, target, instance)
);
create index on {schema}.sla_clocks (finished_at) where finished_at is not null;
create index on {schema}.sla_clocks (due_at, ticket, target, instance) where state = 'running';
create index on {schema}.sla_clocks (activated_at) where finished_at is null;
"""
COLUMNS = (
    "ticket",
    "target",
    "instance",
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
    "next_warning_at",
    "warnings",
    "finished_at",
    "verdict",
    "breached_at",
    "customer",
    "channel",
    "category",
    "priority",
    "team",
    "agent",
    "facts",
)


def sla_clocks(rulebook: Rulebook) -> Projection:
    """The projection under some versions of the policy and the calendars.

    Nothing in a row depends on now: a running clock has been elapsing since ``running_since`` on top of ``elapsed_us``
    (microseconds of its calendar), and is late at any instant after ``late_after``. ``verdict`` and ``warnings`` (the
    fractions reached) tell what the ticket's history has settled. Dimensions: the ticket when the instance ended, or as
    it is now.
    """

    def fold(history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], ...]:
        receipt = receipt_of(history)
        if receipt is None:
            return ([],)
        whose = (receipt.payload.customer_id, receipt.payload.channel)
        return ([_row(receipt, whose, instance) for instance in clocks(history, rulebook)],)

    return Projection("SLA clocks", frozenset({"ticket"}), DDL, (Table("sla_clocks", COLUMNS),), fold)


SLA_CLOCKS = sla_clocks(DEFAULT_RULEBOOK)


def _row(receipt: RecordedEvent, whose: tuple[Any, Any], instance: TargetInstance) -> Row:
    promise, ticket = instance.promise, instance.ticket
    return (
        receipt.stream,
        instance.target,
        instance.number,
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
        _at(min([at for _, at in instance.warnings], default=None)),
        [fact.fraction for fact in instance.facts if fact.fraction is not None],
        _at(instance.finished_at),
        instance.verdict,
        _at(instance.breached_at),
        *whose,
        ticket.category,
        ticket.priority,
        ticket.team,
        ticket.agent,
        json.dumps([fact.as_json() for fact in instance.facts]),
    )


def _at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)
