"""The tickets that wait for an agent, in the order in which they are taken, and the choice for each of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from psycopg import Connection, sql

from domain.definitions.kind import InEffect
from domain.event_log.schema import schema_of
from domain.routing.choose import Choice, LastHolder, WaitingTicket, choose
from domain.routing.definition import Destination, Routing, TicketToRoute
from domain.text_folding import fold_code, fold_name
from projections.assignments.roster import SQL, Roster

CHUNK = 500
"""Tickets that are read together."""


class QueuedTicket(NamedTuple):
    """An open ticket at ``version`` that waits for an agent since ``since``.

    ``agent`` is who had it before it was reopened, or who has left. ``due_at``: when its next target is due.
    """

    ticket: UUID
    version: int
    team: str | None
    agent: str | None
    channel: str
    category: str | None
    priority: str | None
    customer: UUID
    received_at: datetime
    since: datetime
    due_at: datetime | None


class Planned(NamedTuple):
    """What would become of a ticket. ``waited``: the seconds of the team's working time."""

    ticket: QueuedTicket
    to: Destination
    choice: Choice
    waited: int

    @property
    def team(self) -> str:
        """The team that it goes to or stays with."""
        return self.to.team


class QueueGroup(NamedTuple):
    """Tickets of one team, or of none yet, that rules cannot tell apart without looking at customers.

    ``oldest`` is since when the first of them waits.
    """

    team: str | None
    channel: str
    category: str | None
    priority: str | None
    oldest: datetime


def queue_groups(connection: Connection, tenant: str, routing: Routing) -> list[QueueGroup]:
    """The groups of the tickets that wait for an agent."""
    rows = connection.execute(_statement(tenant, "queue groups"), {"imported": routing.imported})
    return [QueueGroup(*row) for row in rows]


def queue(
    connection: Connection, tenant: str, routing: Routing, groups: Sequence[QueueGroup]
) -> Iterator[list[QueuedTicket]]:
    """Tickets without an agent, the one that is due first in front, in chunks: those of ``groups``.

    The connection is in a transaction.
    """
    if not groups:
        return
    parameters = {
        "imported": routing.imported,
        "teams": [group.team or "" for group in groups],
        "channels": [group.channel for group in groups],
        "categories": [group.category or "" for group in groups],
        "priorities": [group.priority or "" for group in groups],
    }
    seen: set[UUID] = set()
    for name in ("due queue", "other queue"):
        with connection.cursor(f"{name} {uuid4()}", binary=True) as cursor:
            cursor.execute(_statement(tenant, name), parameters)
            while rows := cursor.fetchmany(CHUNK):
                tickets: dict[UUID, QueuedTicket] = {}
                for row in rows:
                    if row[0] not in seen:
                        tickets.setdefault(row[0], QueuedTicket(*row))
                seen |= tickets.keys()
                yield list(tickets.values())


def untold(connection: Connection, tenant: str, routing: Routing, at: datetime, limit: int) -> list[QueuedTicket]:
    """Tickets that have waited long enough for the lead to be told, if all of the time counted; the oldest first."""
    if routing.tell_lead_after is None:
        return []
    since = at - timedelta(seconds=routing.tell_lead_after)
    parameters = {"imported": routing.imported, "since": since, "limit": limit}
    return [QueuedTicket(*row) for row in connection.execute(_statement(tenant, "untold"), parameters)]


def one_ticket(connection: Connection, tenant: str, ticket: UUID) -> QueuedTicket | None:
    """An open ticket, whoever has it; None for any other one."""
    row = connection.execute(_statement(tenant, "one ticket"), {"ticket": ticket}).fetchone()
    return None if row is None else QueuedTicket(*row)


def returned(connection: Connection, tenant: str, routing: Routing, roster: Roster) -> list[QueuedTicket]:
    """Tickets whose agent has left, and reopened ones whose agent was absent at the reopening and is absent now."""
    leavers = roster.leavers
    parameters = {
        "imported": routing.imported,
        "absent": roster.absentees,
        "leavers": list(leavers),
        "left_at": list(leavers.values()),
    }
    queued = {}
    for *row, agent, reopened_at, absent in connection.execute(_statement(tenant, "returned"), parameters):
        if absent or roster.was_off_shift(agent, reopened_at):
            queued[row[0]] = QueuedTicket(*row)
    return list(queued.values())


def _statement(tenant: str, name: str) -> sql.Composed:
    """A statement over the tickets of the queue."""
    waits_since = SQL["waits since"].composed()
    return SQL[name].composed(
        schema_of(tenant),
        waits_since=waits_since,
        columns=SQL["columns"].composed(waits_since=waits_since),
        queued=SQL["queued"].composed(),
        of_groups=SQL["of groups"].composed(),
    )


class Planner:
    """Chooses for ticket after ticket on one roster, which counts what it has chosen.

    What cannot be taken once cannot be taken later: a roster only fills.
    """

    def __init__(self, connection: Connection, tenant: str, roster: Roster, routing: InEffect[Routing]) -> None:
        self._connection = connection
        self._tenant = tenant
        self._roster = roster
        self._routing = routing.body
        self._version = routing.version or 0
        self._destinations: dict[tuple[TicketToRoute, str | None], Destination] = {}
        self._hopeless: dict[tuple[str, Destination, int | None, int], Choice] = {}

    def hopeful(self, groups: Sequence[QueueGroup]) -> list[QueueGroup]:
        """The groups with a ticket that somebody can take, and those of tickets that have no team yet.

        Where rules look at customers any member of the team may do, whatever the skills.
        """
        return [group for group in groups if self._is_hopeful(group)]

    def _is_hopeful(self, group: QueueGroup) -> bool:
        if group.team is None:
            return True
        skills: frozenset[str] = frozenset()
        if not self._routing.looks_at_customers:
            to = self._routing.destination(TicketToRoute(group.channel, group.category, group.priority), group.team)
            still_asked = self._routing.still_asked(to.skills, self._roster.waited(to.team, group.oldest))
            skills = frozenset(map(fold_code, to.skills[:still_asked]))
        weight = self._roster.weight(group.channel)
        return any(
            candidate.absent is None and skills <= candidate.skills and candidate.can_take(weight)
            for candidate in self._roster.candidates(group.team)
        )

    def plan(self, tickets: Sequence[QueuedTicket]) -> Iterator[Planned]:
        """The choice for each ticket, in their order."""
        placed = list(map(self._placed, self._facts(tickets), tickets))
        last_holders = self._last_holders([ticket for ticket, _, key in placed if key not in self._hopeless])
        for ticket, waited, key in placed:
            _, to, weight, _ = key
            choice = self._hopeless.get(key)
            if choice is None:
                waiting = WaitingTicket(to, weight, last_holders.get(ticket.ticket), waited)
                candidates = self._roster.candidates(to.team)
                choice = choose(waiting, candidates, self._routing, self._version, self._roster.at)
                if choice.chosen is None:
                    self._hopeless[key] = choice
                else:
                    self._roster.take(choice.chosen.key, ticket.channel)
            yield Planned(ticket, to, choice, waited)

    def _placed(
        self, facts: TicketToRoute, ticket: QueuedTicket
    ) -> tuple[QueuedTicket, int, tuple[str, Destination, int | None, int]]:
        """A ticket with the seconds that it has waited, and what decides whether an agent can take it."""
        to = self._destinations.get((facts, ticket.team))
        if to is None:
            to = self._destinations[facts, ticket.team] = self._routing.destination(facts, ticket.team)
        waited = self._roster.waited(to.team, ticket.since) if self._counts_time else 0
        still_asked = self._routing.still_asked(to.skills, waited)
        return ticket, waited, (fold_name(to.team), to, self._roster.weight(ticket.channel), still_asked)

    @property
    def _counts_time(self) -> bool:
        return not (self._routing.drop_skills_after is None and self._routing.tell_lead_after is None)

    def _facts(self, tickets: Sequence[QueuedTicket]) -> Iterator[TicketToRoute]:
        known = self._customers({ticket.customer for ticket in tickets}) if self._routing.looks_at_customers else {}
        unknown = (None, frozenset[str](), self._roster.language)
        for ticket in tickets:
            tier, segments, language = known.get(ticket.customer, unknown)
            yield TicketToRoute(ticket.channel, ticket.category, ticket.priority, tier, segments, language)

    def _customers(self, customers: set[UUID]) -> dict[UUID, tuple[str | None, frozenset[str], str]]:
        rows = self._connection.execute(SQL["customers"].of(self._tenant), {"customers": list(customers)})
        return {
            customer: (tier, frozenset(segments), language or self._roster.language)
            for customer, tier, language, segments in rows
        }

    def _last_holders(self, tickets: Sequence[QueuedTicket]) -> dict[UUID, LastHolder]:
        """Who held the last ticket of each ticket's customer."""
        if not tickets or not self._routing.sticky_days:
            return {}
        parameters = {
            "tickets": [ticket.ticket for ticket in tickets],
            "customers": [ticket.customer for ticket in tickets],
            "received": [ticket.received_at for ticket in tickets],
            "now": self._roster.at,
        }
        rows = self._connection.execute(SQL["last holders"].of(self._tenant), parameters)
        return {ticket: LastHolder(key, until) for ticket, key, until in rows}
