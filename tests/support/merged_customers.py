"""Random stories of customers who are merged and taken apart, and what is so at an instant, computed plainly."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from domain.customer.commands import ChangeTier, MergeCustomer, UndoCustomerMerge
from domain.messages import Command
from domain.ticket.commands import CorrectCustomer, ReceiveTicket, ResolveTicket

CUSTOMERS, TICKETS = 4, 5
WEEK = timedelta(days=7)
HOURS_OF = {"gold": 2, "silver": 12, "standard": 48}
BY_TIER = {
    "name": "By tier",
    "rules": [
        {"customer_tier": "gold", "resolution": "2h"},
        {"customer_tier": "silver", "resolution": "12h"},
        {"resolution": "48h"},
    ],
}


class Step(NamedTuple):
    """``first`` and ``second`` number customers or tickets."""

    kind: str
    """merge, undo, tier, ticket, resolve, correct or erase"""
    first: int
    second: int
    tier: str
    pause: int


STORIES = st.lists(
    st.builds(
        Step,
        st.sampled_from(["merge", "merge", "undo", "tier", "ticket", "ticket", "resolve", "correct", "erase"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(sorted(HOURS_OF)),
        st.sampled_from([1, 1, 20, 100]),
    ),
    min_size=4,
    max_size=14,
)


class Happened(NamedTuple):
    """A command that the desk accepted."""

    at: datetime
    stream: UUID
    command: Command


class Ticket(NamedTuple):
    """A ticket as it is at an instant."""

    customer: UUID
    received_at: datetime
    resolved_at: datetime | None


class Model:
    """What is so at an instant, from the accepted commands up to it."""

    def __init__(self, customers: Sequence[UUID], happened: Sequence[Happened], at: datetime) -> None:
        self.log = [step for step in happened if step.at <= at]
        self._customers = customers
        self.at = at

    def survivor(self, customer: UUID, at: datetime | None = None) -> UUID:
        into: dict[UUID, UUID] = {}
        for step in self.log:
            if at is not None and step.at > at:
                break
            if isinstance(step.command, MergeCustomer):
                into[step.stream] = step.command.into
            elif isinstance(step.command, UndoCustomerMerge):
                del into[step.stream]
        while customer in into:
            customer = into[customer]
        return customer

    def tickets(self, corrections: Sequence[Happened]) -> dict[UUID, Ticket]:
        """``corrections`` count from the receipt on, whenever they were made."""
        tickets: dict[UUID, Ticket] = {}
        for at, stream, command in self.log:
            if isinstance(command, ResolveTicket):
                tickets[stream] = tickets[stream]._replace(resolved_at=at)
            elif isinstance(command, ReceiveTicket):
                tickets[stream] = Ticket(command.customer_id, at, None)
        for _, stream, command in corrections:
            if stream in tickets and isinstance(command, CorrectCustomer):
                tickets[stream] = tickets[stream]._replace(customer=command.customer_id)
        return tickets

    def family(self, customer: UUID) -> list[UUID]:
        """The customers who are one person with the survivor, who is the first."""
        return sorted(
            (other for other in self._customers if self.survivor(other) == self.survivor(customer)),
            key=lambda other: other != self.survivor(customer),
        )

    def in_time(self, tickets: Sequence[Ticket]) -> tuple[int, int]:
        """Resolutions within the target, and resolutions."""
        resolved = [ticket for ticket in tickets if ticket.resolved_at]
        kept = [
            ticket.resolved_at <= ticket.received_at + timedelta(hours=self.hours(ticket))
            for ticket in resolved
            if ticket.resolved_at
        ]
        return sum(kept), len(resolved)

    def repeated(self, tickets: Sequence[Ticket]) -> tuple[int, int]:
        """Customers with another ticket at most a week after one, and customers with a ticket."""
        of: defaultdict[UUID, list[datetime]] = defaultdict(list)
        for ticket in tickets:
            of[self.survivor(ticket.customer)].append(ticket.received_at)
        back = [
            any(
                timedelta() <= second - first <= WEEK
                for i, first in enumerate(at)
                for j, second in enumerate(at)
                if i != j
            )
            for at in of.values()
        ]
        return sum(back), len(back)

    def resolved_for_good(self, tickets: Sequence[Ticket]) -> tuple[int, int]:
        """Resolved tickets after which the customer did not come back within a week, and resolved tickets."""
        resolved = [ticket for ticket in tickets if ticket.resolved_at]
        good = [
            not any(
                self.survivor(other.customer) == self.survivor(ticket.customer)
                and ticket.resolved_at < other.received_at <= ticket.resolved_at + WEEK
                for other in tickets
                if other is not ticket
            )
            for ticket in resolved
            if ticket.resolved_at
        ]
        return sum(good), len(resolved)

    def hours(self, ticket: Ticket) -> int:
        """The target of its resolution by the tier that counted last while it was open."""
        until = ticket.resolved_at or self.at
        survivor = self.survivor(ticket.customer, until)
        tier = "standard"
        for at, stream, command in self.log:
            if isinstance(command, ChangeTier) and stream == survivor and at <= until:
                tier = command.tier
        return HOURS_OF[tier]
