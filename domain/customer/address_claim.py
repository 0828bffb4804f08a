"""The owners of an address. Each address has a stream, so that two desks cannot give it to two customers."""

from datetime import datetime
from typing import NamedTuple, assert_never
from uuid import UUID, uuid5

from domain.customer.events import AddressClaimed, AddressEvent, AddressReleased
from domain.text_folding import fold_code

_NAMESPACE = UUID("7b0c52d4-64a1-5a5b-9d0a-6f2f0c1b9e57")


class AddressClaim(NamedTuple):
    """``owners`` are the customers that have the address, each with whether the customer shares it."""

    owners: frozenset[tuple[UUID, bool]] = frozenset()

    def sharing_of(self, customer: UUID) -> bool | None:
        """Whether a customer shares the address; None when the customer does not have it."""
        return dict(self.owners).get(customer)

    def others(self, customer: UUID) -> dict[UUID, bool]:
        """The other owners, the oldest id first."""
        return {owner: shared for owner, shared in sorted(self.owners) if owner != customer}


def evolve(claim: AddressClaim, event: AddressEvent, at: datetime) -> AddressClaim:  # noqa: ARG001 -- the shape every fold has
    """The claim after one more event. Total: any history folds."""
    others = frozenset(owner for owner in claim.owners if owner[0] != event.customer_id)
    match event:
        case AddressClaimed(customer_id=customer, shared=shared):
            return AddressClaim(others | {(customer, shared)})
        case AddressReleased():
            return AddressClaim(others)
        case _:
            assert_never(event)


def address_key(channel: str, handle: str) -> tuple[str, str]:
    """The channel and the handle, both folded: two addresses with one key are the same address."""
    return fold_code(channel), fold_code(handle)


def address_stream(channel: str, key: str) -> UUID:
    """The stream of an address. The same key in two channels is two addresses."""
    return uuid5(_NAMESPACE, f"{channel}\n{key}")
