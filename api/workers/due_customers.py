"""Whether a due instance is due of its customer, by what the streams of other customers and of segments say."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from psycopg import Connection

from api.workers.segment_members import members_of
from domain.due.due_function import History
from domain.due.instance import Among, DueInstance
from domain.due.of_purchases import is_bought_later
from domain.due.time_context import TimeContext
from domain.event_log import reader
from projections.customers.people import linked_by, linked_histories, people_at
from projections.timers.due_sources import due_sources_at


class DueCustomers:
    """The customers among the subjects of due instances. What it needs of them is read when an instance needs it."""

    def __init__(self, connection: Connection, tenant: str, subjects: Iterable[History]) -> None:
        self._connection = connection
        self._tenant = tenant
        self._customers = {history[0].stream: history for history in subjects if history[0].kind == "customer"}
        self._members: dict[Among, frozenset[UUID]] = {}

    def concerns(self, customer: UUID, due: DueInstance, at: datetime) -> bool:
        """Whether the customer is in the segment that an instance names, and the person did not buy the product since
        as another customer. An instance that names neither concerns every subject.
        """
        if due.among is not None and customer not in self._members_of(due.among):
            return False
        return due.bought is None or not is_bought_later(due.bought, self._others(customer, at), self._context)

    def _members_of(self, among: Among) -> frozenset[UUID]:
        if among not in self._members:
            self._members |= members_of(self._connection, self._tenant, {among: list(self._customers)})
        return self._members[among]

    def _others(self, customer: UUID, at: datetime) -> list[History]:
        """The histories of the other customers who are the same person at an instant."""
        people = people_at(self._linked, at)
        return [people.known[other] for other in people.same_person(customer) if other != customer]

    @cached_property
    def _linked(self) -> dict[UUID, History]:
        merged = [
            customer
            for customer, history in self._customers.items()
            if any(other for event in history for other in linked_by(event))
        ]
        up_to = reader.head(self._connection, self._tenant)
        return linked_histories(self._connection, self._tenant, merged, up_to) if merged else {}

    @cached_property
    def _context(self) -> TimeContext:
        up_to = reader.head(self._connection, self._tenant)
        return due_sources_at(self._connection, self._tenant, up_to).context
