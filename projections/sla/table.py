"""Target instances, a row each: what was promised for a ticket, how its clock stands, and whether it was kept."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql

from domain.customer.survivors import merges_in
from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file
from domain.sla.alerts import next_alert, recorded_alerts
from domain.sla.calendar.microseconds import SECOND, from_microseconds, instant_or_none
from domain.sla.clock.clock import clocks_along
from domain.sla.clock.corrections import VerdictCorrections, correction_of, corrections_in
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.clock.tiers import CHANGING_TIERS, tiers_of
from domain.sla.policy.policy import TargetName
from domain.sla.policy.published import policy_history_of
from projections.customers.survivors import changed_customers
from projections.engine.projection import Enrichment, FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, Table
from projections.next_due import DueFor, TicketAction, keys, next_due, ticket_actions
from projections.scope.folded_words import folded
from projections.sla.ticket_histories import customers_with_tiers

_SQL = sql_file("projections.sla", "sla.sql")


@dataclass(slots=True)
class SlaClock:
    """One target instance, as `ClockRow` shows it.

    Nothing depends on now: a running clock has been elapsing since ``running_since`` on top of ``elapsed_us``. The
    dimensions are those of the ticket when the instance ended, or as it is after the last event.
    """

    ticket: UUID
    target: TargetName
    instance: int
    activated_by: int
    target_seconds: BigInt
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    state: str
    activated_at: datetime
    running_since: datetime | None
    elapsed_us: BigInt
    paused_us: BigInt
    due_at: datetime | None
    due_open_at: datetime | None
    breached_at: datetime | None
    finished_at: datetime | None
    verdict: str | None
    corrected_verdict: str | None
    told_late: bool
    customer: UUID
    channel: str
    category: str | None
    priority: str | None
    team: str | None
    agent: str | None


@dataclass(slots=True)
class StoredClock(SlaClock):
    """The instance is late at any instant after ``late_after`` but those from ``gaps_began`` until ``gaps_ended``, in
    which its rule had no target.

    ``watch_at`` is the instant after which a warning or a breach is due that is not recorded yet.
    """

    late_after: datetime | None
    gaps_began: list[datetime] | None
    gaps_ended: list[datetime] | None
    watch_at: datetime | None
    folded: list[str | None] | None


@dataclass(slots=True)
class SlaTicket:
    """The customer of a ticket, and what is due next on it; also of one for which nothing is promised.

    ``late_after`` is None of a ticket that is not open, and NEVER of an open one on which nothing is due.
    """

    ticket: UUID
    customer: UUID
    due_for: DueFor | None
    due_at: datetime | None
    late_after: datetime | None
    team_key: str | None
    agent_key: str | None


@dataclass(slots=True)
class SlaCustomer:
    """A customer was merged into another, also by a merge that was undone."""

    customer: UUID
    merged_into: UUID


def fold(stream: Stream, inputs: FoldInputs) -> Iterator[StoredClock | SlaTicket | TicketAction | SlaCustomer]:
    """The clocks of one ticket by the published rules and, where they ask for it, its customer's tiers.

    Also what is due next on it, and what a person has to do on it besides.

    Of a customer: into whom it was merged.
    """
    if stream.kind == "customer":
        yield from (SlaCustomer(stream.id, into) for into in sorted(merges_in(stream.all)))
        return
    steps = stream.timeline.steps
    if not steps:
        return
    receipt = steps[0].event
    recorded = recorded_alerts(stream.all)
    corrections = corrections_in(stream.all)
    watched = not receipt.is_imported and not stream.erased
    late = stream.timeline.told_late
    customer = stream.timeline.owner.customer
    instances = clocks_along(steps, policy_history_of(inputs.rules), tiers=tiers_of(customer, inputs.related))
    now = steps[-1].after
    due = next_due(now, steps, instances)
    team_key, agent_key = keys(now.team, now.agent)
    due_for, due_at, late_after = due or (None, None, None)
    yield SlaTicket(receipt.stream, customer, due_for, due_at, late_after, team_key, agent_key)
    yield from ticket_actions(stream.all, now, due)
    for instance in instances:
        watch_at = next_alert(instance, recorded) if watched else None
        yield _row(receipt, customer, instance, corrections, watch_at, late)


def _tickets_of(
    connection: Connection, schema: str, rules: Sequence[RecordedEvent], customers: Collection[UUID]
) -> list[UUID]:
    """The tickets for which the tier of one of the customers counts or counted, promised something or not.

    They are those of the customers whose tier or survivor changed, and of all that were ever merged into them.
    """
    if not customers or not rules or not policy_history_of(rules).selects_by_tier:
        return []
    changed = changed_customers(schema, sql.Identifier(schema, "sla_customers"))
    rows = connection.execute(
        _SQL["tickets of changed customers"].composed(schema, changed=changed),
        {"customers": [customer.hex for customer in customers]},
    )
    return [ticket for (ticket,) in rows]


SLA_CLOCKS = Projection(
    name="sla_clocks",
    version=7,
    kinds=frozenset({"ticket", "customer"}),
    tables=(
        Table(
            "sla_clocks",
            StoredClock,
            key=("ticket", "target", "activated_by"),
            indexes=(
                "(watch_at) where watch_at is not null",
                "(target, finished_at) include (verdict, corrected_verdict) where finished_at is not null",
                "(due_at, ticket, target, activated_by) where state = 'running'",
                "(activated_at) where finished_at is null",
            ),
        ),
        Table(
            "sla_tickets",
            SlaTicket,
            key=("ticket",),
            indexes=(
                "(customer)",
                "(agent_key, late_after, ticket) where late_after is not null",
                "(team_key, late_after, ticket) where late_after is not null",
            ),
        ),
        Table(
            "ticket_actions",
            TicketAction,
            key=("ticket", "version"),
            indexes=("(agent_key, late_after, ticket, version)", "(team_key, late_after, ticket, version)"),
        ),
        Table("sla_customers", SlaCustomer, key=("customer", "merged_into"), indexes=("(merged_into)",)),
    ),
    fold=fold,
    enrichment=Enrichment(related=customers_with_tiers, dependents=_tickets_of, related_types=CHANGING_TIERS),
)


def _row(
    receipt: RecordedEvent,
    customer: UUID,
    instance: TargetInstance,
    corrections: VerdictCorrections,
    watch_at: int | None,
    late: datetime | None,
) -> StoredClock:
    promise, ticket = instance.promise, instance.ticket
    finished_at = instant_or_none(instance.finished_at)
    gaps = instance.gaps
    correction = correction_of(instance, corrections)
    return StoredClock(
        ticket=receipt.stream,
        target=instance.target,
        instance=instance.number,
        activated_by=instance.activated_by,
        target_seconds=promise.duration // SECOND,
        policy=instance.policy.name,
        policy_version=instance.policy.version,
        calendar=promise.calendar.name,
        calendar_version=promise.calendar.version,
        state=instance.state,
        activated_at=from_microseconds(instance.activated_at),
        running_since=instant_or_none(instance.running_since),
        elapsed_us=instance.elapsed,
        paused_us=instance.paused,
        due_at=instant_or_none(instance.due_at),
        due_open_at=instant_or_none(instance.due_open_at),
        breached_at=instant_or_none(instance.breached_at),
        finished_at=finished_at,
        verdict=instance.verdict,
        corrected_verdict=correction.now.verdict if correction else None,
        told_late=late is not None and (finished_at is None or late <= finished_at),
        customer=customer,
        channel=receipt.payload.channel,
        category=ticket.category,
        priority=ticket.priority,
        team=ticket.team,
        agent=ticket.agent,
        late_after=instant_or_none(instance.late_after),
        gaps_began=[from_microseconds(gap.start) for gap in gaps] or None,
        gaps_ended=[from_microseconds(gap.end) for gap in gaps if gap.end is not None] or None,
        watch_at=instant_or_none(watch_at),
        folded=folded(ticket.team, ticket.agent, ticket.priority, ticket.category, receipt.payload.channel),
    )
