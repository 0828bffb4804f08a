"""Readings of assignment: which tickets come next, how the agents stand, and why a ticket is assigned as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.availability.state import Absence
from domain.command_context import ActorKind
from domain.definitions.kind import InEffect
from domain.definitions.kinds import ROUTING
from domain.definitions.published import definition_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.routing.definition import Routing
from domain.ticket.events import AssignmentProposed, TicketAssigned
from domain.ticket.routing_choice import ConsideredAgent, RoutingChoice
from projections.assignments.queue import Planned, Planner, one_ticket, queue, queue_groups
from projections.assignments.roster import roster_at
from projections.availability.table import AVAILABILITY
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS

READS = (TICKETS, SLA_CLOCKS, AVAILABILITY, CUSTOMERS, CUSTOMER_GROUPS, TASKS)
"""The projections whose rows are read."""
_NO_ROUTING = InEffect(None, datetime.min, Routing(default_team="none"))  # noqa: DTZ901 -- no instant is asked of it


@dataclass(frozen=True, slots=True)
class AssignmentChoice:
    """Who gets a ticket: ``agent`` None says nobody, and the ticket is the team's. ``candidates`` say why not."""

    team: str
    agent: str | None
    rule: str | None
    because: str
    skills: tuple[str, ...]
    dropped: tuple[str, ...]
    candidates: tuple[ConsideredAgent, ...]
    considered: int


@dataclass(frozen=True, slots=True)
class NextTicket:
    """A ticket that waits for an agent since ``since``, and what would become of it now."""

    ticket: UUID
    due_at: datetime | None
    since: datetime
    priority: str | None
    channel: str
    choice: AssignmentChoice


@dataclass(frozen=True, slots=True)
class AssignmentQueue:
    """Those that come first, by version ``routing_version`` of the routing; None: none is published."""

    routing_version: int | None
    tickets: list[NextTicket]


@dataclass(frozen=True, slots=True)
class AgentNow:
    """An agent of the workforce. ``absent`` is why the agent takes no new work.

    ``absence`` is what was said, which stands also off shift; ``absence_until`` is when it ends by itself.
    ``tickets`` counts the open tickets that take one ticket of the capacity, ``percent`` adds up those of channels with
    a weight. ``load`` is the used share of the capacity.
    """

    agent: str
    teams: list[str]
    skills: list[str]
    absent: str | None
    absence: Absence | None
    absence_until: datetime | None
    tickets: int
    percent: int
    capacity: int | None
    load: float
    over_capacity: bool
    routed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordedAssignment:
    """An assignment of a ticket, or the proposal of one; ``routing`` None: somebody assigned it."""

    at: datetime
    by: str
    by_kind: ActorKind
    proposed: bool
    team: str | None
    agent: str | None
    routing: RoutingChoice | None


@dataclass(frozen=True, slots=True)
class ExplainedAssignment:
    """What was recorded of a ticket's assignment, in order, and what routing would choose now if nobody had it.

    ``now`` is None for a ticket that is not open, and without a published routing.
    """

    recorded: list[RecordedAssignment]
    routing_version: int | None
    now: AssignmentChoice | None


def routing_at(connection: Connection, tenant: str, at: datetime) -> InEffect[Routing] | None:
    """The routing in effect at an instant; None while none is published."""
    try:
        return definition_in_effect(reader.definitions(connection, tenant), ROUTING, at)
    except LookupError:
        return None


def assignment_queue(connection: Connection, tenant: str, at: datetime, limit: int) -> AssignmentQueue:
    """The tickets that come first. The connection is in a transaction."""
    routing = routing_at(connection, tenant, at)
    if routing is None:
        return AssignmentQueue(None, [])
    planner = Planner(connection, tenant, roster_at(connection, tenant, routing.body, at), routing)
    following: list[NextTicket] = []
    for tickets in queue(connection, tenant, routing.body, queue_groups(connection, tenant, routing.body)):
        following += [_next(planned) for planned in planner.plan(tickets[: limit - len(following)])]
        if len(following) == limit:
            break
    return AssignmentQueue(routing.version, following)


def agents_now(connection: Connection, tenant: str, at: datetime) -> list[AgentNow]:
    """Every agent of the workforce by name."""
    routing = routing_at(connection, tenant, at) or _NO_ROUTING
    roster = roster_at(connection, tenant, routing.body, at)
    agents = [
        AgentNow(
            candidate.agent,
            list(agent.teams if agent.team is None else (agent.team, *agent.teams)),
            list(agent.skills),
            candidate.absent,
            absence and absence.why,
            absence and absence.until,
            candidate.held.tickets,
            candidate.held.percent,
            candidate.capacity,
            candidate.load,
            candidate.load > 1,
            candidate.routed_at,
        )
        for candidate, agent in roster.all_candidates()
        for absence in (roster.absence(candidate.key),)
    ]
    return sorted(agents, key=lambda agent: agent.agent)


def explained(connection: Connection, tenant: str, ticket: UUID, at: datetime) -> ExplainedAssignment | None:
    """Why a ticket is assigned as it is; None for an unknown one."""
    history = reader.streams(connection, tenant, [ticket], reader.head(connection, tenant)).get(ticket)
    if history is None:
        return None
    routing, queued = routing_at(connection, tenant, at), one_ticket(connection, tenant, ticket)
    now = None
    if routing is not None and queued is not None:
        planner = Planner(connection, tenant, roster_at(connection, tenant, routing.body, at), routing)
        (planned,) = planner.plan([queued])
        now = _choice(planned)
    return ExplainedAssignment(list(_recorded(history)), routing and routing.version, now)


def _recorded(history: list[RecordedEvent]) -> Iterator[RecordedAssignment]:
    for event in history:
        payload = event.payload
        if isinstance(payload, TicketAssigned | AssignmentProposed):
            proposed = isinstance(payload, AssignmentProposed)
            actor = event.envelope.actor
            yield RecordedAssignment(
                event.occurred_at, actor.id, actor.kind, proposed, payload.team, payload.agent, payload.routing
            )


def _next(planned: Planned) -> NextTicket:
    ticket = planned.ticket
    return NextTicket(ticket.ticket, ticket.due_at, ticket.since, ticket.priority, ticket.channel, _choice(planned))


def _choice(planned: Planned) -> AssignmentChoice:
    chosen, why = planned.choice.chosen, planned.choice.routing
    return AssignmentChoice(
        planned.team,
        None if chosen is None else chosen.agent,
        why.rule,
        why.because,
        why.skills,
        why.dropped,
        why.candidates,
        why.considered,
    )
