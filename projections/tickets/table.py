"""Tickets, a row each: the state now, and every fact that reports count."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString
from uuid import UUID

from domain.text_folding import fold_name, same_name
from domain.ticket import events as e
from domain.ticket.journey import journey_of
from domain.ticket.population import Outcome, departure_of, is_resolution
from domain.ticket.timeline import LifeStep, is_answer_by_a_person, is_contact
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import BigInt, ClampedBigInt, ClampedInt, Table
from projections.scope.folded_words import folded, key_of
from projections.tickets.expected_date import expected_date
from projections.tickets.resolutions import StoredResolution, code_of, resolutions_of

WITH_EFFORT: LiteralString = "outcome = 'resolved' and talk_seconds + hold_seconds + after_contact_seconds > 0"
"""The condition that a ticket counts for the effort that is expected of others."""
PATH = " > "
"""Stands between the parts of a path."""


@dataclass(slots=True)
class TicketRow:
    """A ticket as every report sees it: by (occurred_at, version), where a late fact counts when it happened.

    ``organisation`` is the one that the customer belonged to at the receipt. ``identity`` is ambiguous while several
    ``candidates`` share the address that the ticket came from; None otherwise.
    ``version`` and ``position`` are the last event's. ``outcome``: how it left the backlog last, at ``left_at``; None
    while it is open. ``first_response_at``: the first public reply by a person. A ticket that is closed while open
    counts as resolved then. ``closed_at`` is None unless it is closed. ``reopenings``: returns from resolved, closed or
    cancelled. ``expected_by`` is the date that the customer was told last, of a resolved ticket the last one before its
    resolution, and ``expected_by_kept`` whether it was resolved by then; None while it is not resolved, and without a
    date. ``told_late``: whether a fact of it was told more than 7 days after it happened.
    ``team_changes`` and ``agent_changes`` count nobody as a value, but not what came with the receipt (the first record
    of an import). ``*_seconds``: effort of all agents; ``other_seconds``: of a kind that we do not know.
    """

    ticket: UUID
    customer: UUID
    organisation: UUID | None
    identity: Literal["ambiguous"] | None
    candidates: list[UUID] | None
    subject: str
    channel: str
    category: str | None
    priority: str | None
    external_reference: str | None
    state: str
    open: bool
    outcome: Outcome | None
    left_at: datetime | None
    waiting_for: str | None
    hold_until: datetime | None
    team: str | None
    agent: str | None
    escalated_to: str | None
    escalation_level: ClampedInt | None
    merged_into: UUID | None
    absorbed: list[UUID]
    version: int
    position: BigInt
    received_at: datetime
    last_event_at: datetime
    first_response_at: datetime | None
    first_resolved_at: datetime | None
    last_resolved_at: datetime | None
    resolution_code: str | None
    last_reopened_at: datetime | None
    closed_at: datetime | None
    expected_by: datetime | None
    expected_by_kept: bool | None
    last_score: ClampedInt | None
    last_rated_at: datetime | None
    reopenings: int
    team_changes: int
    agent_changes: int
    replies: int
    automated_replies: int
    customer_messages: int
    notes: int
    holds: int
    talk_seconds: ClampedBigInt
    hold_seconds: ClampedBigInt
    after_contact_seconds: ClampedBigInt
    other_seconds: ClampedBigInt
    told_late: bool


@dataclass(slots=True)
class StoredTicket(TicketRow):
    """The words of the ticket as they are compared, and its journey: paths are texts with PATH between the parts.

    ``imported``: an import recorded the receipt. ``routed``: the present assignment is routing's. ``assignment_at`` is
    when the ticket was last assigned, or an assignment was last proposed. ``reopened_since``: it was reopened later.
    ``begun_at`` is the instant of its earliest event, ``last_contact_at`` that of the last contact with the customer.
    """

    folded: list[str | None] | None
    external_reference_key: str | None
    state_path: str
    state_seconds: list[float]
    team_path: str
    loops: bool
    team_loops: bool
    left_from: str | None
    closed_open: bool
    imported: bool
    routed: bool
    assignment_at: datetime | None
    reopened_since: bool
    begun_at: datetime
    last_contact_at: datetime


@dataclass(slots=True)
class RoutedTicket:
    """Routing gave the ticket to an agent, by the event ``version``."""

    ticket: UUID
    version: int
    agent_key: str
    at: datetime


def fold(stream: Stream, _inputs: FoldInputs) -> list[StoredTicket | StoredResolution | RoutedTicket]:
    """The ticket's row, and rows for its resolutions and for what routing assigned; none before its receipt."""
    life = stream.timeline.steps
    if not life:
        return []
    ticket = _row(stream, life)
    resolutions = resolutions_of(life, ticket.customer, ticket.outcome, ticket.reopenings, told_late=ticket.told_late)
    return [ticket, *resolutions, *_routed(life)]


def _row(stream: Stream, life: Sequence[LifeStep]) -> StoredTicket:
    receipt, now, owner = life[0].event, life[-1].after, stream.timeline.owner
    outcome, left_at = departure_of(life)
    steps: defaultdict[type, list[LifeStep]] = defaultdict(list)
    for step in life:
        steps[type(step.event.payload)].append(step)
    answered = [step.at for step in steps[e.ReplySent] if is_answer_by_a_person(step.event)]
    closed, rated = steps[e.TicketClosed], steps[e.SatisfactionRated]
    resolved = [step for step in life if is_resolution(step)]
    reopened = [step.at for step in life if step.crossing == "reopened"]
    expected_by = expected_date(life, resolved[-1] if outcome == "resolved" else None)
    came_with_receipt = receipt.envelope.command_id
    reassigned = [step for step in steps[e.TicketAssigned] if step.event.envelope.command_id != came_with_receipt]
    escalated_to, escalation_level = now.escalation or (None, None)
    assignment, reopened_since = _last_assignment(life)
    seconds, journey = _seconds(steps[e.EffortLogged]), journey_of(life)
    return StoredTicket(
        ticket=receipt.stream,
        customer=owner.customer,
        organisation=owner.organisation,
        identity="ambiguous" if owner.candidates else None,
        candidates=list(owner.candidates) or None,
        subject=now.subject or receipt.payload.subject,
        channel=receipt.payload.channel,
        category=now.category,
        priority=now.priority,
        external_reference=receipt.payload.external_reference,
        state=now.state,
        open=now.is_open,
        outcome=outcome,
        left_at=left_at,
        waiting_for=now.waiting_for,
        hold_until=now.hold_until,
        team=now.team,
        agent=now.agent,
        escalated_to=escalated_to,
        escalation_level=escalation_level,
        merged_into=now.merged_into,
        absorbed=_absorbed(life),
        version=stream.all[-1].version,
        position=stream.all[-1].position,
        received_at=receipt.envelope.occurred_at,
        last_event_at=life[-1].at,
        first_response_at=answered[0] if answered else None,
        first_resolved_at=resolved[0].at if resolved else None,
        last_resolved_at=resolved[-1].at if resolved else None,
        resolution_code=code_of(resolved[-1]) if resolved else None,
        last_reopened_at=reopened[-1] if reopened else None,
        closed_at=closed[-1].at if closed and now.state == "closed" else None,
        expected_by=expected_by,
        expected_by_kept=resolved[-1].at <= expected_by if expected_by and outcome == "resolved" else None,
        last_score=rated[-1].event.payload.score if rated else None,
        last_rated_at=rated[-1].at if rated else None,
        reopenings=len(reopened),
        team_changes=sum(not same_name(step.before.team, step.after.team) for step in reassigned),
        agent_changes=sum(not same_name(step.before.agent, step.after.agent) for step in reassigned),
        replies=len(answered),
        automated_replies=sum(step.event.payload.automated for step in steps[e.ReplySent]),
        customer_messages=len(steps[e.MessageReceived]),
        notes=len(steps[e.NoteAdded]),
        holds=len(steps[e.TicketPutOnHold]),
        talk_seconds=seconds["talk"],
        hold_seconds=seconds["hold"],
        after_contact_seconds=seconds["after_contact"],
        other_seconds=seconds["other"],
        told_late=stream.timeline.told_late is not None,
        folded=folded(now.team, now.agent, now.priority, now.category, receipt.payload.channel),
        external_reference_key=key_of(receipt.payload.external_reference),
        state_path=PATH.join(journey.states),
        state_seconds=journey.seconds,
        team_path=PATH.join(journey.teams),
        loops=journey.loops,
        team_loops=journey.team_loops,
        left_from=journey.left_from,
        closed_open=journey.closed_open,
        imported=receipt.is_imported,
        routed=now.routed,
        assignment_at=assignment.at if assignment else None,
        reopened_since=reopened_since,
        begun_at=min(event.occurred_at for event in stream.all),
        last_contact_at=max(event.occurred_at for event in stream.all if is_contact(event, receipt)),
    )


def _last_assignment(life: Sequence[LifeStep]) -> tuple[LifeStep | None, bool]:
    """The last assignment or proposal of one, and whether the ticket was reopened later."""
    reopened = False
    for step in reversed(life):
        if type(step.event.payload) in {e.TicketAssigned, e.AssignmentProposed}:
            return step, reopened
        reopened = reopened or step.crossing == "reopened"
    return None, reopened


def _routed(life: Sequence[LifeStep]) -> list[RoutedTicket]:
    return [
        RoutedTicket(step.event.stream, step.event.version, fold_name(step.event.payload.agent), step.at)
        for step in life
        if type(step.event.payload) is e.TicketAssigned and step.event.payload.routing and step.event.payload.agent
    ]


def _absorbed(life: Sequence[LifeStep]) -> list[UUID]:
    absorbed: dict[UUID, None] = {}
    for step in life:
        payload = step.event.payload
        if type(payload) is e.TicketAbsorbed:
            absorbed[payload.ticket_id] = None
        elif type(payload) is e.AbsorptionUndone:
            absorbed.pop(payload.ticket_id, None)
    return list(absorbed)


def _seconds(efforts: Sequence[LifeStep]) -> dict[str, int]:
    seconds = {"talk": 0, "hold": 0, "after_contact": 0, "other": 0}
    for step in efforts:
        effort: e.EffortLogged = step.event.payload
        seconds[effort.kind if effort.kind in seconds else "other"] += effort.seconds
    return seconds


TICKETS = Projection(
    name="tickets",
    version=14,
    kinds=frozenset({"ticket"}),
    tables=(
        Table(
            "tickets",
            StoredTicket,
            key=("ticket",),
            indexes=(
                "(received_at, ticket)",
                "(customer, received_at, ticket)",
                "(coalesce(external_reference_key, external_reference)) where external_reference is not null",
                "(coalesce(folded[1], team), coalesce(folded[2], agent)) where open",
                "(coalesce(folded[1], team)) where not open",
                "(left_at) where outcome <> 'resolved'",
                "(coalesce(folded[2], agent)) where open and reopened_since",
                f"(last_resolved_at) where {WITH_EFFORT}",
                f"(coalesce(folded[1], team, ''), coalesce(folded[4], category, '')) where {WITH_EFFORT}",
            ),
        ),
        Table(
            "ticket_resolutions",
            StoredResolution,
            key=("ticket", "number"),
            indexes=("(resolved_at)", "(rated_at) where rated_at is not null"),
        ),
        Table("routed_tickets", RoutedTicket, key=("ticket", "version"), indexes=("(agent_key, at)",)),
    ),
    fold=fold,
)
