"""The state of a customer that decisions need, and how each event changes it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain.customer import events as e


@dataclass(frozen=True, slots=True)
class Customer:
    """``state`` is none or registered; ``addresses`` are pairs of channel and handle."""

    state: str = "none"
    name: str | None = None
    tier: str | None = None
    addresses: frozenset[tuple[str, str]] = frozenset()


def evolve(customer: Customer, event: e.CustomerEvent, at: datetime) -> Customer:  # noqa: ARG001 -- the shape every fold has
    """The customer after one more event. Total: any history folds."""
    match event:
        case e.CustomerRegistered(name=name, tier=tier):
            return replace(customer, state="registered", name=name, tier=tier)
        case e.CustomerDetailsChanged(name=name):
            return replace(customer, name=name)
        case e.AddressAdded(channel=channel, handle=handle):
            return replace(customer, addresses=customer.addresses | {(channel, handle)})
        case e.AddressRemoved(channel=channel, handle=handle):
            return replace(customer, addresses=customer.addresses - {(channel, handle)})
        case e.TierChanged(tier=tier):
            return replace(customer, tier=tier)
        case (
            e.AddressTrustChanged()
            | e.AddressRekeyed()
            | e.CustomerJoined()
            | e.CustomerLeft()
            | e.MatchProposed()
            | e.MatchAccepted()
            | e.MatchRefused()
            | e.CustomerMerged()
            | e.CustomerAbsorbed()
            | e.CustomerMergeUndone()
            | e.CustomerAbsorptionUndone()
        ):
            return customer
        case _:
            assert_never(event)
