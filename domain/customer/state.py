"""The state of a customer that decisions need, and how each event changes it."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import NamedTuple, assert_never, get_args
from uuid import UUID

from domain.customer import addresses as a
from domain.customer import events as e
from domain.customer.memberships import MembershipChange, with_change
from domain.customer.proposed_matches import ACCEPTED, PROPOSED, REFUSED, Match, state_with, with_match
from domain.envelope import RecordedEvent


class Customer(NamedTuple):
    """``state`` is none, registered or merged. ``details`` are further fields with their values, by name.

    ``memberships`` are their changes in world order. ``absorptions`` are the merges into this customer, each with the
    customers that the absorbed one had absorbed by then. ``last_merge_at`` is when a merge of this customer, or of
    another into it, last happened or was undone.
    """

    state: str = "none"
    name: str | None = None
    tier: str | None = None
    addresses: a.Addresses = ()
    party: str = "person"
    details: tuple[tuple[str, str], ...] = ()
    memberships: tuple[MembershipChange, ...] = ()
    matches: tuple[Match, ...] = ()
    absorptions: tuple[tuple[UUID, tuple[UUID, ...]], ...] = ()
    merged_into: UUID | None = None
    last_merge_at: datetime | None = None

    @property
    def absorbed(self) -> frozenset[UUID]:
        """The customers that were merged into this one, also by chains; a link may have been undone since."""
        return frozenset(customer for absorbed, earlier in self.absorptions for customer in (absorbed, *earlier))


def evolve(customer: Customer, event: e.CustomerEvent, at: datetime) -> Customer:  # noqa: C901, PLR0911, PLR0912 -- one case an event
    """The customer after one more event. Total: any history folds."""
    match event:
        case e.CustomerRegistered(name=name, tier=tier, party=party, details=details):
            return customer._replace(
                state="registered", name=name, tier=tier, party=party, details=tuple(sorted(details.items()))
            )
        case e.CustomerDetailsChanged(name=name, details=details):
            return customer._replace(name=name, details=tuple(sorted(details.items())))
        case e.TierChanged(tier=tier):
            return customer._replace(tier=tier)
        case e.AddressAdded():
            return customer._replace(addresses=a.with_address(customer.addresses, event, at))
        case e.AddressRemoved():
            return customer._replace(addresses=a.without_address(customer.addresses, event))
        case e.AddressTrustChanged():
            return customer._replace(addresses=a.with_trust(customer.addresses, event))
        case e.AddressRekeyed():
            return customer._replace(addresses=a.with_key(customer.addresses, event))
        case e.CustomerJoined(organisation=organisation, role=role, main=main):
            change = MembershipChange(at, organisation, member=True, role=role, main=main)
            return customer._replace(memberships=with_change(customer.memberships, change))
        case e.CustomerLeft(organisation=organisation):
            change = MembershipChange(at, organisation, member=False)
            return customer._replace(memberships=with_change(customer.memberships, change))
        case e.MatchProposed(other=other):
            return customer._replace(matches=with_match(customer.matches, other, PROPOSED))
        case e.MatchAccepted(other=other):
            return customer._replace(matches=with_match(customer.matches, other, ACCEPTED))
        case e.MatchRefused(other=other):
            return customer._replace(matches=with_match(customer.matches, other, REFUSED))
        case e.CustomerMerged(into=into):
            return _merge_happened(customer, at)._replace(state="merged", merged_into=into)
        case e.CustomerMergeUndone(into=into):
            return _merge_undone(customer, into, at)._replace(state="registered", merged_into=None)
        case e.CustomerAbsorbed(customer_id=other, earlier=earlier):
            others = _absorptions_without(customer, other)
            return _merge_happened(customer, at)._replace(absorptions=(*others, (other, earlier)))
        case e.CustomerAbsorptionUndone(customer_id=other):
            return _merge_undone(customer, other, at)._replace(absorptions=_absorptions_without(customer, other))
        case _:
            assert_never(event)


def _merge_happened(customer: Customer, at: datetime) -> Customer:
    return customer._replace(last_merge_at=max(at, customer.last_merge_at or at))


def _merge_undone(customer: Customer, other: UUID, at: datetime) -> Customer:
    """The undoing of a merge that was proposed says that the two are not the same."""
    after = _merge_happened(customer, at)
    if state_with(customer.matches, other) != ACCEPTED:
        return after
    return after._replace(matches=with_match(customer.matches, other, REFUSED))


def _absorptions_without(customer: Customer, other: UUID) -> tuple[tuple[UUID, tuple[UUID, ...]], ...]:
    return tuple(absorption for absorption in customer.absorptions if absorption[0] != other)


_OWN_EVENTS: frozenset[type] = frozenset(get_args(e.CustomerEvent))


def customer_of(history: Iterable[RecordedEvent]) -> Customer:
    """The customer after the events of a stream; events about facts of the customer change nothing."""
    own = (event for event in history if type(event.payload) in _OWN_EVENTS)
    return reduce(lambda customer, event: evolve(customer, event.payload, event.occurred_at), own, Customer())
