"""Gathers the events of customers from the log, and summarises each customer at any instant from them.

A batch of customers takes a handful of statements: their streams, once more for each link of merges, the streams of
their tickets, contracts and usage, and the published definitions and rules.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.customer.addresses import CustomerAddress, addresses_together
from domain.customer.state import customer_of
from domain.definitions.kind import InEffect
from domain.definitions.kinds import HEALTH
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.health.definition import HealthDefinition
from domain.health.summarise import Histories, History, summarise
from domain.health.summary import CustomerSummary
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import correction_of, corrections_in
from domain.sla.clock.tiers import TierChange
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from domain.ticket.timeline import owner_of
from domain.zones import zone_named
from projections.customers.people import KnownPeople, known_by, linked_by, linked_groups, linked_histories, people_at
from projections.sla.ticket_histories import histories_of

_SQL = sql_file("projections.health", "health.sql")
LATE_WITHIN = timedelta(days=366)
"""A ticket that was received longer ago is not judged: no measure counts it."""

_NAMING: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "ticket": ("ticket.received", "ticket.customer_corrected"),
        "contract": ("contract.signed",),
        "usage": ("usage.recorded",),
    }
)
"""By the kind of a stream, the events that name its customer."""


class Source(NamedTuple):
    """Where customers are gathered from: the log up to a position.

    ``schema`` holds the live audit history, which may stand before or behind the position. ``rows`` is the schema of
    the projections READ_BY_SETTLED as they were for the question; None: all is judged from the log.
    """

    connection: Connection
    tenant: str
    schema: str
    up_to: int
    rows: str | None = None


class OwnedTicket(NamedTuple):
    """A ticket's events, and the tiers that select its targets."""

    history: History
    tiers: Sequence[TierChange]


class GatheredCustomers:
    """The events of some customers, of customers who are or were merged with them, and of what belongs to them.

    ``kinds`` are the kinds of streams that are gathered beside those of customers.
    """

    def __init__(self, source: Source, customers: Collection[UUID], kinds: Collection[str] = _NAMING.keys()) -> None:
        self.definitions = reader.definitions(source.connection, source.tenant, source.up_to)
        self._policy_history = policy_history_of(reader.rules(source.connection, source.tenant, source.up_to))
        self._customers = linked_histories(source.connection, source.tenant, customers, source.up_to)
        self._groups = linked_groups(self._customers)
        self._tickets: defaultdict[UUID, list[OwnedTicket]] = defaultdict(list)
        self._contracts: defaultdict[UUID, list[History]] = defaultdict(list)
        self._usage: defaultdict[UUID, list[History]] = defaultdict(list)
        self._instants: dict[UUID, list[datetime]] = {}
        streams = _streams_of(source, self._customers, kinds) if kinds else {}
        tickets = streams.pop("ticket", [])
        if tickets:
            judged = histories_of(source.connection, source.tenant, tickets, source.up_to, self._policy_history)
            for history, tiers in judged:
                if (owner := owner_of(history)) is not None:
                    self._tickets[owner.customer].append(OwnedTicket(history, tiers))
        others = [stream for of_kind in streams.values() for stream in of_kind]
        if others:
            loaded = reader.streams(source.connection, source.tenant, others, source.up_to)
            for history in loaded.values():
                by_owner = self._contracts if history[0].kind == "contract" else self._usage
                by_owner[history[0].payload.customer_id].append(history)

    def summary(self, customer: UUID, at: datetime) -> CustomerSummary | None:
        """The summary of the survivor of a customer at an instant; None when the customer was unknown by then."""
        people = self._people(customer, at)
        if customer not in people.survivors:
            return None
        survivor = people.survivors[customer]
        known, together = people.known, people.together[survivor]
        tickets = [(known_by(history, at), tiers) for member in together for history, tiers in self._tickets[member]]
        histories = Histories(
            customers=[known.get(member, ()) for member in together],
            tickets=[history for history, _ in tickets if history],
            contracts=[
                history for member in together for each in self._contracts[member] if (history := known_by(each, at))
            ],
            usage=[history for member in together for each in self._usage[member] if (history := known_by(each, at))],
            late={history[0].stream for history, tiers in tickets if is_late(history, tiers, self._policy_history, at)},
        )
        zone = zone_named(settings_in_effect(self.definitions, at).zone)
        return summarise(survivor, histories, at, zone)

    def events_by(self, customer: UUID, at: datetime) -> int | None:
        """How many events of a customer and of what belongs to it had happened by an instant.

        None where a merge links it to others, whose events count for it, too.
        """
        history = self._customers.get(customer, ())
        if any(True for event in history for _ in linked_by(event)):
            return None
        if customer not in self._instants:
            tickets = (ticket.history for ticket in self._tickets[customer])
            streams = (history, *tickets, *self._contracts[customer], *self._usage[customer])
            self._instants[customer] = sorted(event.envelope.occurred_at for stream in streams for event in stream)
        return bisect_right(self._instants[customer], at)

    def imported_at(self, customer: UUID, at: datetime, happened: datetime) -> datetime | None:
        """When imported events of a person's tickets that happened at one instant were recorded; None: there are none.

        ``at`` says who is that person.
        """
        together = self._people(customer, at).same_person(customer)
        events = (event for member in together for ticket in self._tickets[member] for event in ticket.history)
        recorded = [event.recorded_at for event in events if event.occurred_at == happened and event.is_imported]
        return max(recorded, default=None)

    def contracts_of(self, customer: UUID, at: datetime) -> list[History]:
        """The contracts of everybody who is the same person as a customer at an instant, the oldest first."""
        together = self._people(customer, at).same_person(customer)
        histories = [known for member in together for each in self._contracts[member] if (known := known_by(each, at))]
        return sorted(histories, key=lambda history: history[0].position)

    def addresses_of(self, customer: UUID, at: datetime) -> tuple[CustomerAddress, ...]:
        """The addresses of everybody who is the same person as a customer at an instant, the survivor's first."""
        people = self._people(customer, at)
        return addresses_together([customer_of(people.known[each]).addresses for each in people.same_person(customer)])

    def _people(self, customer: UUID, at: datetime) -> KnownPeople:
        """Who is one person at an instant, among those whom merges link to a customer."""
        return people_at(self._groups.get(customer, {}), at)

    def definition(self, at: datetime) -> InEffect[HealthDefinition]:
        """The definition of health in effect at an instant."""
        return definition_in_effect(self.definitions, HEALTH, at)


def _streams_of(source: Source, customers: Collection[UUID], kinds: Collection[str]) -> dict[str, list[UUID]]:
    """The streams of some kinds that ever belonged to the customers, by kind.

    The audit history has a row for each event. The events behind its last row are read from the log.
    """
    (audited,) = source.connection.execute(_SQL["audited"].filled(schema=source.schema)).fetchone() or (0,)
    statements = [_SQL["streams"].filled(schema=source.schema)]
    if audited < source.up_to:
        statements.append(_SQL["later streams"].of(source.tenant))
    parameters = {
        "customers": list(customers),
        "topics": [topic for kind in kinds for topic in _NAMING[kind]],
        "audited": audited,
        "up_to": source.up_to,
    }
    streams: defaultdict[str, set[UUID]] = defaultdict(set)
    for statement in statements:
        for stream, kind in source.connection.execute(statement, parameters).fetchall():
            streams[kind].add(stream)
    return {kind: sorted(of_kind) for kind, of_kind in streams.items()}


def is_late(history: History, tiers: Sequence[TierChange], policy_history: PolicyHistory, at: datetime) -> bool:
    """Whether a target of the ticket was missed by then, as corrected by then."""
    if not history or history[0].envelope.occurred_at < at - LATE_WITHIN:
        return False
    corrections = corrections_in(history, at)
    for instance in clocks(history, policy_history, at, [change for change in tiers if change.at <= at]):
        correction = correction_of(instance, corrections)
        if (correction.now.verdict if correction else instance.verdict) == "breached":
            return True
    return False
