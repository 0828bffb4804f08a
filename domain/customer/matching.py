"""What two customers decide together on a match: it is proposed, or refused for good.

A merge accepts it.
"""

from uuid import UUID

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.decider import CustomerEvents, must_be_registered
from domain.customer.proposed_matches import PROPOSED, REFUSED, state_with
from domain.customer.state import Customer
from domain.refusal import Refusal


def decide_match(
    command: c.MatchCommand, customer_id: UUID, customer: Customer, other: Customer
) -> tuple[CustomerEvents, CustomerEvents]:
    """The events of the two customers, to be recorded in one transaction.

    A refusal is recorded on both, so that neither is proposed to the other again. Raises Refusal when a rule forbids
    it.
    """
    must_be_registered(customer)
    must_be_registered(other)
    if command.other == customer_id:
        raise Refusal("match_with_itself", "name another customer", customer.state)
    states = [state_with(customer.matches, command.other), state_with(other.matches, customer_id)]
    if isinstance(command, c.RefuseMatch):
        mine, theirs = states
        return (
            [] if mine == REFUSED else [e.MatchRefused(other=command.other)],
            [] if theirs == REFUSED else [e.MatchRefused(other=customer_id)],
        )
    if REFUSED in states:
        raise Refusal("match_refused", "the two were found to be different; merge them if they are not", customer.state)
    if PROPOSED in states:
        return [], []
    return [e.MatchProposed(other=command.other, because=command.reason, alike=command.alike)], []
