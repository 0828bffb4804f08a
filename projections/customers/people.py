"""Who is one person at an instant, by the log: customers with all that merges link to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.customer import events as e
from domain.customer.survivors import merged_into, survivor_of
from domain.envelope import RecordedEvent
from domain.event_log import reader

History = Sequence[RecordedEvent]


class KnownPeople(NamedTuple):
    """The customers that were known by an instant, and who was merged into whom.

    ``together`` holds the customers of each survivor, the survivor first.
    """

    known: Mapping[UUID, History]
    survivors: Mapping[UUID, UUID]
    together: Mapping[UUID, Sequence[UUID]]

    def same_person(self, customer: UUID) -> Sequence[UUID]:
        """Everybody who is the same person as a customer, the survivor first; nobody of an unknown one."""
        return self.together.get(self.survivors.get(customer, customer), ())


def people_at(customers: Mapping[UUID, History], at: datetime) -> KnownPeople:
    """The people among some customers at an instant."""
    known = {customer: happened for customer, history in customers.items() if (happened := known_by(history, at))}
    pointers = {customer: merged_into(history) for customer, history in known.items()}
    survivors = {customer: survivor_of(customer, pointers) for customer in known}
    together = {survivor: [survivor] for survivor in survivors.values()}
    for customer in sorted(known):
        if survivors[customer] != customer:
            together[survivors[customer]].append(customer)
    return KnownPeople(known, survivors, together)


def linked_groups(customers: Mapping[UUID, History]) -> dict[UUID, Mapping[UUID, History]]:
    """By each customer, the histories of all that a chain of merges, undone or not, links to it; its own among them.

    Who is who in a group at an instant does not depend on the others.
    """
    links: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for customer, history in customers.items():
        for other in (other for event in history for other in linked_by(event)):
            links[customer].add(other)
            links[other].add(customer)
    groups: dict[UUID, Mapping[UUID, History]] = {}
    for customer in customers:
        if customer in groups:
            continue
        group: dict[UUID, History] = {}
        wanted = [customer]
        while wanted:
            other = wanted.pop()
            if other in customers and other not in group:
                group[other] = customers[other]
                wanted += links.get(other, ())
        groups |= dict.fromkeys(group, group)
    return groups


def linked_histories(
    connection: Connection, tenant: str, customers: Collection[UUID], up_to: int
) -> dict[UUID, History]:
    """The histories of customers and of all that a chain of merges, undone or not, links to them."""
    histories: dict[UUID, History] = {}
    wanted = set(customers)
    while wanted:
        loaded = reader.streams(connection, tenant, wanted, up_to)
        histories |= {customer: history for customer, history in loaded.items() if history[0].kind == "customer"}
        linked = {other for history in loaded.values() for event in history for other in linked_by(event)}
        wanted = linked - histories.keys() - wanted
    return histories


def linked_by(event: RecordedEvent) -> Iterable[UUID]:
    """The customer that an event links to its own by a merge."""
    match event.payload:
        case e.CustomerMerged(into=other) | e.CustomerAbsorbed(customer_id=other):
            yield other
        case _:
            pass


def known_by(history: History, at: datetime) -> History:
    """What had happened by an instant."""
    return [event for event in history if event.envelope.occurred_at <= at]
