"""The handlers of customers: their own commands, addresses with one owner, organisations, merges and matches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream
from domain.command_handling.definition_stream import DEFINITION
from domain.command_handling.handler import Aggregate, CommandHandler, DecidedEvent, Handlers, Parts, alone, handled
from domain.customer import address_claim, claiming, joining, matching
from domain.customer import decider as customer_decider
from domain.customer import merging as customer_merging
from domain.customer.address_case import AddressCase
from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.commands import (
    AddressCommand,
    CustomerCommand,
    CustomerMergeCommand,
    JoinOrganisation,
    LeaveOrganisation,
    MatchCommand,
    MergeCustomer,
    UndoCustomerMerge,
)
from domain.definitions.kinds import IDENTITY
from domain.definitions.state import definition_stream

ADDRESS = Aggregate("address", address_claim.AddressClaim(), address_claim.evolve, without=address_claim.without)
_IDENTITY_RULES = definition_stream(IDENTITY.name)


def _customer_and_address(stream: UUID, command: AddressCommand) -> Parts:
    claims = ((claim, ADDRESS) for claim in _claims_at(command.written).values())
    return ((stream, CUSTOMER), (_IDENTITY_RULES, DEFINITION), *claims)


@lru_cache(4_096)
def _claims_at(written: WrittenAddress) -> Mapping[str, UUID]:
    """The streams of an address by its keys, the newest first."""
    return {
        key: address_claim.address_stream(written.channel, key, written.scope)
        for _, key in sorted(keys_of(written).items(), reverse=True)
        if key != NOBODY
    }


def _person_and_organisation(stream: UUID, command: JoinOrganisation) -> Parts:
    return ((stream, CUSTOMER), (command.organisation, CUSTOMER))


def _two_customers(stream: UUID, command: CustomerMergeCommand | MatchCommand) -> Parts:
    other = command.into if isinstance(command, MergeCustomer | UndoCustomerMerge) else command.other
    return ((stream, CUSTOMER), (other, CUSTOMER))


def _decide_customer(
    command: CustomerCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((customer, _),) = states
    return [(stream, event, at) for event in customer_decider.decide(command, customer)]


def _decide_address(
    command: AddressCommand, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), published, *claims = states
    rules = IDENTITY.in_effect(published.versions, at).body
    streams = _claims_at(command.written)
    case = AddressCase.of(command.written, stream, customer, dict(zip(streams, claims, strict=True)))
    of_customer, of_address = claiming.decide_address(command, case, rules, by)
    return [(stream, event, at) for event in of_customer] + [(streams[event.key], event, at) for event in of_address]


def _decide_joining(
    command: JoinOrganisation, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (person, _), (organisation, _) = states
    return [(stream, event, at) for event in joining.decide_joining(command, person, organisation, at)]


def _decide_leaving(
    command: LeaveOrganisation, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((person, _),) = states
    return [(stream, event, at) for event in joining.decide_leaving(command, person, at)]


def _decide_customer_merge(
    command: CustomerMergeCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (source, _), (target, _) = states
    ended, survivor = customer_merging.decide_customer_merge(command, stream, source, target)
    at = max(at, customer_merging.merged_at_the_earliest(source, target) or at)
    _, (into, _) = _two_customers(stream, command)
    return [(stream, event, at) for event in ended] + [(into, event, at) for event in survivor]


def _decide_match(
    command: MatchCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), (other, _) = states
    of_customer, of_other = matching.decide_match(command, stream, customer, other)
    return [(stream, event, at) for event in of_customer] + [(command.other, event, at) for event in of_other]


CUSTOMER_HANDLERS: Handlers = {
    **handled(CustomerCommand, CommandHandler(alone(CUSTOMER), _decide_customer)),
    **handled(AddressCommand, CommandHandler(_customer_and_address, _decide_address)),
    JoinOrganisation: CommandHandler(_person_and_organisation, _decide_joining, others_only_read=True),
    LeaveOrganisation: CommandHandler(alone(CUSTOMER), _decide_leaving),
    **handled(CustomerMergeCommand, CommandHandler(_two_customers, _decide_customer_merge)),
    **handled(MatchCommand, CommandHandler(_two_customers, _decide_match)),
}
