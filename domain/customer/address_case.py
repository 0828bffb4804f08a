"""An address and a customer before a decision: what the customer has of it, and who owns it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from domain.customer import events as e
from domain.customer.address_claim import AddressClaim
from domain.customer.address_keys import KEY_VERSION, NOBODY, WrittenAddress, keys_of
from domain.customer.addresses import Addresses, CustomerAddress, Trust, at_keys, less_than
from domain.customer.proposed_matches import state_with
from domain.customer.state import Customer
from domain.text_folding import fold_code

Claims = Mapping[str, AddressClaim]
"""The claims of an address by its keys: that of the newest key function, and those of older ones."""


@dataclass(frozen=True, slots=True)
class AddressCase:
    """``known`` are the customer's records of the address, in any spelling. ``key`` is the newest one.

    ``sharing`` says whether the customer owns the address as a shared one; None: the customer does not own it.
    ``others`` are the other owners, each with whether they share it; ``family`` are owners that the customer has
    absorbed, who keep what they own. ``proven`` are the owners who verified it.
    """

    written: WrittenAddress
    channel: str
    key: str
    customer_id: UUID
    customer: Customer
    claims: Claims
    known: Addresses
    sharing: bool | None
    others: Mapping[UUID, bool]
    family: frozenset[UUID]
    proven: frozenset[UUID]

    @classmethod
    def of(cls, written: WrittenAddress, customer_id: UUID, customer: Customer, claims: Claims) -> Self:
        """The case of an address as it is written in a command."""
        keys, channel = keys_of(written), fold_code(written.channel)
        owners = {owner: shared for claim in claims.values() for owner, shared in claim.others(customer_id).items()}
        mine = {claim.sharing_of(customer_id) for claim in claims.values()} - {None}
        return cls(
            written=written,
            channel=channel,
            key=keys[KEY_VERSION],
            customer_id=customer_id,
            customer=customer,
            claims=claims,
            known=at_keys(customer.addresses, channel, written.scope, keys),
            sharing=True in mine if mine else None,
            others={owner: shared for owner, shared in owners.items() if owner not in customer.absorbed},
            family=frozenset(owners.keys() & customer.absorbed),
            proven=frozenset(owner for claim in claims.values() for owner in claim.verified),
        )

    def addition(self, trust: Trust, *, shared: bool = False) -> list[e.CustomerEvent]:
        """The address is added as written, or again in each spelling that the customer has."""
        if not self.known:
            return [
                e.AddressAdded(
                    channel=self.written.channel,
                    handle=self.written.handle,
                    shared=shared,
                    scope=self.written.scope,
                    key=self.key,
                    key_version=KEY_VERSION,
                    trust=trust,
                )
            ]
        return [_again(address, trust, shared=shared) for address in self.known]

    @property
    def joins_others(self) -> bool:
        """Whether the customer has the address as shared, and so has every other owner."""
        shared_here = any(address.shared for address in self.known)
        return shared_here and bool(self.others) and all(self.others.values())

    @property
    def is_another(self) -> bool:
        """Whether the customer has the same handle with another key, by another region or time."""
        name = (self.written.channel, self.written.scope, self.written.handle)
        return not self.known and any(address.name == name for address in self.customer.addresses)

    def recorded(self, trust: Trust, *, shared: bool) -> list[e.CustomerEvent]:
        """The address is added, added again where it is shared otherwise, or only trusted as far as ``trust``."""
        if self.known and all(address.shared == shared for address in self.known):
            return self.raised(trust)
        return self.addition(trust, shared=shared)

    def raised(self, trust: Trust) -> list[e.CustomerEvent]:
        """The records of the customer that are trusted less than ``trust`` are trusted as far."""
        return [_trusted(address, trust, None) for address in self.known if less_than(address.trust, trust)]

    def trusted(self, trust: Trust, method: str) -> list[e.CustomerEvent]:
        """Every record of the customer that is trusted otherwise is trusted as far, because of ``method``."""
        return [_trusted(address, trust, method) for address in self.known if address.trust != trust]

    @property
    def is_unidentified(self) -> bool:
        """Whether no record of the customer identifies somebody."""
        return all(address.key == NOBODY for address in self.known)

    def rekeyed(self) -> list[e.CustomerEvent]:
        """The records of the customer that have the key of an older function get the newest one."""
        return [
            e.AddressRekeyed(
                channel=address.channel,
                handle=address.handle,
                scope=address.scope,
                old_key=address.key,
                key=self.key,
                key_version=KEY_VERSION,
            )
            for address in self.known
            if address.key_version < KEY_VERSION and address.key != self.key
        ]

    def claim(self, *, shared: bool, verified: bool) -> list[e.AddressEvent]:
        """The customer owns the address by its newest key, and by no older one."""
        older = [key for key in self.claims if key != self.key]
        claimed = e.AddressClaimed(
            customer_id=self.customer_id,
            channel=self.channel,
            key=self.key,
            shared=shared,
            scope=self.written.scope,
            verified=verified,
        )
        return [*self.release(older), claimed]

    def release(self, keys: Iterable[str] | None = None, customer: UUID | None = None) -> list[e.AddressEvent]:
        """A customer, by default that of the case, owns the address no more; by default by no key."""
        owner = customer or self.customer_id
        return [
            e.AddressReleased(customer_id=owner, channel=self.channel, key=key, scope=self.written.scope)
            for key in (self.claims if keys is None else keys)
            if self.claims[key].sharing_of(owner) is not None
        ]

    def proposals(self) -> list[e.CustomerEvent]:
        """A match with each other owner that was not proposed before."""
        return [
            e.MatchProposed(other=owner, because="address", alike=(self.channel,))
            for owner in self.others
            if state_with(self.customer.matches, owner) is None
        ]


def _again(address: CustomerAddress, trust: Trust, *, shared: bool) -> e.AddressAdded:
    return e.AddressAdded(
        channel=address.channel,
        handle=address.handle,
        shared=shared,
        scope=address.scope,
        key=address.key,
        key_version=address.key_version,
        trust=trust if less_than(address.trust, trust) else address.trust,
    )


def _trusted(address: CustomerAddress, trust: Trust, method: str | None) -> e.AddressTrustChanged:
    return e.AddressTrustChanged(
        channel=address.channel, handle=address.handle, scope=address.scope, trust=trust, method=method
    )
