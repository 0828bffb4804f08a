"""The owners of an address.

Each address has a stream, so that two desks cannot give it to two customers.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, assert_never
from uuid import UUID

from domain.customer.events import AddressClaimed, AddressEvent, AddressReleased
from domain.ids import Namespace
from domain.text_folding import fold_code

_IDS = Namespace(UUID("7b0c52d4-64a1-5a5b-9d0a-6f2f0c1b9e57"))


class AddressClaim(NamedTuple):
    """``owners`` are the customers that own the address, each with whether the customer shares it.

    ``verified`` are those who have proven that it is theirs.
    """

    owners: frozenset[tuple[UUID, bool]] = frozenset()
    verified: frozenset[UUID] = frozenset()

    def sharing_of(self, customer: UUID) -> bool | None:
        """Whether a customer shares the address; None when the customer does not have it."""
        return dict(self.owners).get(customer)

    def others(self, customer: UUID) -> dict[UUID, bool]:
        """The other owners, the oldest id first."""
        return {owner: shared for owner, shared in sorted(self.owners) if owner != customer}


def evolve(claim: AddressClaim, event: AddressEvent, at: datetime) -> AddressClaim:  # noqa: ARG001 -- the shape every fold has
    """The claim after one more event. Total: any history folds."""
    customer = event.customer_id
    others = frozenset(owner for owner in claim.owners if owner[0] != customer)
    match event:
        case AddressClaimed(shared=shared, verified=verified):
            proven = claim.verified | {customer} if verified else claim.verified - {customer}
            return AddressClaim(others | {(customer, shared)}, proven)
        case AddressReleased():
            return AddressClaim(others, claim.verified - {customer})
        case _:
            assert_never(event)


def without(claim: AddressClaim, customer: UUID) -> AddressClaim:
    """The claim after the data of a customer was erased: others may have the address."""
    owners = frozenset(owner for owner in claim.owners if owner[0] != customer)
    return AddressClaim(owners, claim.verified - {customer})


def address_key(channel: str, handle: str) -> tuple[str, str]:
    """The channel and the handle, both folded: what key version 1 takes for the same address."""
    return fold_code(channel), fold_code(handle)


@lru_cache(4_096)
def address_stream(channel: str, key: str, scope: str | None = None) -> UUID:
    """The stream of an address. The same key in two channels, or in two scopes of one, is two addresses."""
    return _IDS.id_of(f"{channel}\n{key}" if scope is None else f"{channel}\n{key}\n{scope}")
