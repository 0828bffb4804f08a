"""Customers as the sender needs them, from the log: the survivor, the addresses, and what they said of consents."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args
from uuid import UUID

from psycopg import Connection

from domain.customer.addresses import CustomerAddress, addresses_together
from domain.customer.events import CustomerEvent
from domain.customer.facts.events import ConsentGiven, ConsentWithdrawn
from domain.customer.facts.permission import ConsentWord, permission
from domain.customer.state import Customer, customer_of
from domain.customer.survivors import survivor_of
from domain.envelope import RecordedEvent
from domain.event_log import reader

_READ = [*get_args(CustomerEvent), ConsentGiven, ConsentWithdrawn]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer with all that merges link to it: ``members``, the survivor first. Nobody has no members.

    ``addresses`` are the survivor's, and those of the others where the survivor has none on that channel.
    """

    members: tuple[UUID, ...]
    addresses: tuple[CustomerAddress, ...]
    consents: Mapping[str, tuple[ConsentWord, ...]]

    def permits(self, purpose: str, channel: str, day: date) -> bool:
        """Whether the business may use a channel of addresses for a purpose on a local day."""
        return permission(purpose, channel, self.consents.get(purpose, ()), day).allowed


NOBODY = Recipient((), (), {})


def recipients(connection: Connection, tenant: str, customers: Collection[UUID], up_to: int) -> dict[UUID, Recipient]:
    """The recipient of each customer; NOBODY for one that is not registered."""
    histories: dict[UUID, list[RecordedEvent]] = {}
    states: dict[UUID, Customer] = {}
    wanted = set(customers)
    while wanted:
        read = reader.streams(connection, tenant, wanted, up_to, _READ)
        histories |= read
        states |= {customer: customer_of(read.get(customer, [])) for customer in wanted}
        linked = {into for state in states.values() for into in (state.merged_into, *state.absorbed) if into}
        wanted = linked - states.keys()
    pointers = {customer: state.merged_into for customer, state in states.items()}
    survivors = {customer: survivor_of(customer, pointers) for customer in states}
    reached: dict[UUID, Recipient] = {}
    for survivor in {survivors[customer] for customer in customers}:
        others = sorted(other for other, into in survivors.items() if into == survivor and other != survivor)
        members = [other for other in (survivor, *others) if states[other].state != "none"]
        reached[survivor] = _recipient(members, states, histories) if members else NOBODY
    return {customer: reached[survivors[customer]] for customer in customers}


def _recipient(
    members: list[UUID], states: Mapping[UUID, Customer], histories: Mapping[UUID, list[RecordedEvent]]
) -> Recipient:
    addresses = addresses_together([states[member].addresses for member in members])
    words = sorted(
        (event for member in members for event in histories[member] if isinstance(event.payload, _CONSENTS)),
        key=lambda event: (event.occurred_at, event.position),
    )
    answers: dict[str, tuple[ConsentWord, ...]] = {}
    for event in words:
        answers[event.payload.purpose] = (*answers.get(event.payload.purpose, ()), _word(event))
    return Recipient(tuple(members), addresses, answers)


_CONSENTS = (ConsentGiven, ConsentWithdrawn)


def _word(event: RecordedEvent) -> ConsentWord:
    payload = event.payload
    given = isinstance(payload, ConsentGiven)
    return ConsentWord(event.occurred_at, given, payload.channels, payload.valid_until if given else None)
