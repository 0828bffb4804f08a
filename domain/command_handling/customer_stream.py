"""The stream of a customer: who the customer is, and what the customer does and gives."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args
from uuid import UUID

from domain.command_handling.handler import Aggregate
from domain.customer import state as customer_state
from domain.customer.facts import state as facts_state
from domain.customer.facts.events import CustomerFact
from domain.messages import Event

_FACTS: frozenset[type[Event]] = frozenset(get_args(CustomerFact))


class CustomerStream(NamedTuple):
    """The state that decisions on a customer rest on."""

    customer: customer_state.Customer = customer_state.Customer()
    facts: facts_state.CustomerFacts = facts_state.CustomerFacts()


def is_fact(event: Event) -> bool:
    """Whether an event of the stream says what the customer does and gives."""
    return type(event) in _FACTS


def evolve(stream: CustomerStream, event: Event, at: datetime) -> CustomerStream:
    """The state after one more event that happened ``at``. Total: any history folds."""
    if is_fact(event):
        return CustomerStream(stream.customer, facts_state.evolve(stream.facts, event, at))  # type: ignore[arg-type]  # one of _FACTS
    return CustomerStream(customer_state.evolve(stream.customer, event, at), stream.facts)  # type: ignore[arg-type]  # the others


def family(customer: UUID, known: Mapping[UUID, Any]) -> Iterator[UUID]:
    """The customers of one person: the survivor first, then all that are merged into it, as far as they are known.

    The first that is not known is the last of its branch.
    """
    survivor, passed = customer, {customer}
    while survivor in known and (into := known[survivor].customer.merged_into) not in {None, *passed}:
        survivor = into
        passed.add(survivor)
    wanted, seen = [survivor], set[UUID]()
    while wanted:
        member = wanted.pop(0)
        if member not in seen:
            seen.add(member)
            yield member
            if member in known:
                wanted += [absorbed for absorbed, _ in known[member].customer.absorptions]


CUSTOMER = Aggregate("customer", CustomerStream(), evolve)
