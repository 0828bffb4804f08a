"""The state of a customer that decisions need, and how each event changes it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.customer import events as e
from domain.customer.memberships import MembershipChange, with_change


@dataclass(frozen=True, slots=True)
class Customer:
    """``state`` is none, registered or merged; ``addresses`` are pairs of channel and handle.

    ``memberships`` are their changes in world order. ``last_merge_at`` is when a merge of this customer, or of another
    into it, last happened or was undone.
    """

    state: str = "none"
    name: str | None = None
    tier: str | None = None
    addresses: frozenset[tuple[str, str]] = frozenset()
    party: str = "person"
    memberships: tuple[MembershipChange, ...] = ()
    merged_into: UUID | None = None
    last_merge_at: datetime | None = None


def evolve(customer: Customer, event: e.CustomerEvent, at: datetime) -> Customer:  # noqa: C901, PLR0911 -- one case an event
    """The customer after one more event. Total: any history folds."""
    match event:
        case e.CustomerRegistered(name=name, tier=tier, party=party):
            return replace(customer, state="registered", name=name, tier=tier, party=party)
        case e.CustomerDetailsChanged(name=name):
            return replace(customer, name=name)
        case e.AddressAdded(channel=channel, handle=handle):
            return replace(customer, addresses=customer.addresses | {(channel, handle)})
        case e.AddressRemoved(channel=channel, handle=handle):
            return replace(customer, addresses=customer.addresses - {(channel, handle)})
        case e.TierChanged(tier=tier):
            return replace(customer, tier=tier)
        case e.CustomerJoined(organisation=organisation, role=role, main=main):
            change = MembershipChange(at, organisation, member=True, role=role, main=main)
            return replace(customer, memberships=with_change(customer.memberships, change))
        case e.CustomerLeft(organisation=organisation):
            change = MembershipChange(at, organisation, member=False)
            return replace(customer, memberships=with_change(customer.memberships, change))
        case e.CustomerMerged(into=into):
            return _merge_happened(replace(customer, state="merged", merged_into=into), at)
        case e.CustomerMergeUndone():
            return _merge_happened(replace(customer, state="registered", merged_into=None), at)
        case e.CustomerAbsorbed() | e.CustomerAbsorptionUndone():
            return _merge_happened(customer, at)
        case e.AddressTrustChanged() | e.AddressRekeyed() | e.MatchProposed() | e.MatchAccepted() | e.MatchRefused():
            return customer
        case _:
            assert_never(event)


def _merge_happened(customer: Customer, at: datetime) -> Customer:
    return replace(customer, last_merge_at=max(at, customer.last_merge_at or at))
