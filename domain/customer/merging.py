"""What two customers decide together: a merge, in which one points to the other, and its undoing.

A merge copies nothing. It may not happen before the last merge or undo of either customer, so that the pointers form no
circle at any instant.
"""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.decider import CustomerEvents, must_be_registered
from domain.customer.proposed_matches import PROPOSED, state_with
from domain.customer.state import Customer
from domain.refusal import Refusal


def decide_customer_merge(
    command: c.CustomerMergeCommand, source_id: UUID, source: Customer, target: Customer
) -> tuple[CustomerEvents, CustomerEvents]:
    """The events of the customer that ends and of the survivor, to be recorded in one transaction.

    Raises Refusal when a rule forbids it in the state of either.
    """
    if "none" in {source.state, target.state}:
        raise Refusal("customer_unknown", "both customers must be registered", "none")
    match command:
        case c.MergeCustomer(into=into):
            ended, survivor = _merge(into, source_id, source, target)
        case c.AcceptMatch(other=other):
            _must_be_proposed(source_id, source, other, target)
            ended, survivor = _merge(other, source_id, source, target)
        case c.UndoCustomerMerge(into=into):
            ended, survivor = _undo(into, source_id, source)
        case _:
            assert_never(command)
    latest = merged_at_the_earliest(source, target)
    if ended and command.occurred_at and latest and command.occurred_at < latest:
        rule = f"one of the two was merged or taken apart at {latest.isoformat()}; give a later occurred_at"
        raise Refusal("merge_before_the_last", rule, source.state)
    return ended, survivor


def merged_at_the_earliest(source: Customer, target: Customer) -> datetime | None:
    """The instant before which the two can neither be merged nor taken apart."""
    return max((at for at in (source.last_merge_at, target.last_merge_at) if at), default=None)


def _merge(into: UUID, source_id: UUID, source: Customer, target: Customer) -> tuple[CustomerEvents, CustomerEvents]:
    if into == source_id:
        raise Refusal("merge_into_itself", "name another customer to merge into", source.state)
    if source.merged_into == into:
        return [], []
    must_be_registered(source)
    must_be_registered(target)
    absorbed = e.CustomerAbsorbed(customer_id=source_id, earlier=tuple(sorted(source.absorbed)))
    return (
        [*_accepted(source, into), e.CustomerMerged(into=into)],
        [*_accepted(target, source_id), absorbed],
    )


def _accepted(customer: Customer, other: UUID) -> CustomerEvents:
    """A merge answers the proposal of the match, which stands on one of the two customers."""
    return [e.MatchAccepted(other=other)] if state_with(customer.matches, other) == PROPOSED else []


def _must_be_proposed(source_id: UUID, source: Customer, other: UUID, target: Customer) -> None:
    states = {state_with(source.matches, other), state_with(target.matches, source_id)}
    if PROPOSED not in states and source.merged_into != other:
        raise Refusal("match_not_proposed", "no match of the two waits for an answer; merge them instead", source.state)


def _undo(into: UUID, source_id: UUID, source: Customer) -> tuple[CustomerEvents, CustomerEvents]:
    if source.merged_into is None:
        raise Refusal("customer_not_merged", "only a merged customer can be taken apart again", source.state)
    if source.merged_into != into:
        rule = f"the customer was merged into {source.merged_into}; name that one"
        raise Refusal("merged_elsewhere", rule, source.state, merged_into=source.merged_into)
    return [e.CustomerMergeUndone(into=into)], [e.CustomerAbsorptionUndone(customer_id=source_id)]
