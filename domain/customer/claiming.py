"""What a customer and an address decide together: an address has one owner, or owners who all share it."""

from uuid import UUID

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.address_claim import AddressClaim, address_key
from domain.customer.decider import must_be_registered
from domain.customer.state import Customer
from domain.refusal import Refusal

AddressEvents = tuple[list[e.CustomerEvent], list[e.AddressEvent]]


def decide_address(
    command: c.AddressCommand, customer_id: UUID, customer: Customer, claim: AddressClaim
) -> AddressEvents:
    """The events of the customer and of the address, to be recorded in one transaction.

    Raises Refusal when a rule forbids it in the state of either.
    """
    must_be_registered(customer)
    channel, key = address_key(command.channel, command.handle)
    known = sorted(address for address in customer.addresses if address_key(*address) == (channel, key))
    if isinstance(command, c.RemoveAddress):
        removed: list[e.CustomerEvent] = [e.AddressRemoved(channel=at, handle=handle) for at, handle in known]
        owns = claim.sharing_of(customer_id) is not None
        return removed, [e.AddressReleased(customer_id=customer_id, channel=channel, key=key)] if owns else []
    sharing = claim.sharing_of(customer_id)
    if known and (sharing or sharing == command.shared):
        return [], []
    _must_be_free(command, claim.others(customer_id), customer)
    added = e.AddressAdded(channel=command.channel, handle=command.handle, shared=command.shared)
    claimed = e.AddressClaimed(customer_id=customer_id, channel=channel, key=key, shared=command.shared)
    return [] if known and not command.shared else [added], [claimed]


def _must_be_free(command: c.AddAddress, others: dict[UUID, bool], customer: Customer) -> None:
    taken = [str(owner) for owner, shares in others.items() if not (shares and command.shared)]
    if taken:
        rule = (
            f"the address is that of customer {', '.join(taken)}: remove it there,"
            " or add it to each of them again with shared = true"
        )
        raise Refusal("address_taken", rule, customer.state)
