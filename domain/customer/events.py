"""The events of customers and addresses."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.messages import PERSONAL, Event


class CustomerRegistered(Event):
    """``party`` is person or organisation. ``details`` are the values of further fields by their names."""

    topic = "customer.registered"
    name: Annotated[str, PERSONAL]
    tier: str = "standard"
    external_reference: Annotated[str | None, PERSONAL] = None
    party: str = "person"
    details: Annotated[dict[str, str], PERSONAL] = Field(default_factory=dict)


class CustomerDetailsChanged(Event):
    """The details as they are from now on: the name, and the values of further fields by their names."""

    topic = "customer.details_changed"
    name: Annotated[str, PERSONAL]
    details: Annotated[dict[str, str], PERSONAL] = Field(default_factory=dict)


class TierChanged(Event):
    topic = "customer.tier_changed"
    tier: str


class AddressAdded(Event):
    """An address is a channel, a scope and a handle: an e-mail address, a phone number, a Zalo or Facebook identity ...

    ``scope`` is the account in which the handle means something, such as a page id; None is the tenant. ``key`` is what
    the key function of ``key_version`` makes of the handle; None is the folded handle of version 1, an empty key
    identifies nobody. ``trust`` is claimed, seen or asserted; None in events from before trust was recorded.
    ``shared``: other customers may have the address too.
    """

    topic = "customer.address_added"
    channel: str
    handle: Annotated[str, PERSONAL]
    shared: bool = False
    scope: str | None = None
    key: Annotated[str | None, PERSONAL] = None
    key_version: int = 1
    trust: str | None = None


class AddressRemoved(Event):
    topic = "customer.address_removed"
    channel: str
    handle: Annotated[str, PERSONAL]
    scope: str | None = None


class AddressTrustChanged(Event):
    """``trust`` from now on: claimed, seen, asserted, verified or withdrawn. ``method`` says by what: code, session,
    agent, signature, bounce ...
    """

    topic = "customer.address_trust_changed"
    channel: str
    handle: Annotated[str, PERSONAL]
    scope: str | None = None
    trust: str
    method: str | None = None


class AddressRekeyed(Event):
    """A later key function gives another key for an address."""

    topic = "customer.address_rekeyed"
    channel: str
    handle: Annotated[str, PERSONAL]
    scope: str | None = None
    old_key: Annotated[str, PERSONAL]
    key: Annotated[str, PERSONAL]
    key_version: int


class CustomerJoined(Event):
    """The membership of a person in an organisation as it is from now on. ``main`` marks the usual one."""

    topic = "customer.joined"
    organisation: UUID
    role: Annotated[str | None, PERSONAL] = None
    main: bool = False


class CustomerLeft(Event):
    topic = "customer.left"
    organisation: UUID


class MatchProposed(Event):
    """The customer may be the same as ``other``. ``alike`` names what is alike, such as phone or name."""

    topic = "customer.match_proposed"
    other: UUID
    because: Annotated[str, PERSONAL]
    alike: tuple[str, ...] = ()


class MatchAccepted(Event):
    topic = "customer.match_accepted"
    other: UUID


class MatchRefused(Event):
    topic = "customer.match_refused"
    other: UUID


class CustomerMerged(Event):
    """Recorded on the customer that ends: ``into`` is the survivor."""

    topic = "customer.merged"
    into: UUID


class CustomerAbsorbed(Event):
    """Recorded on the survivor. ``earlier`` are the customers that the absorbed one had absorbed before."""

    topic = "customer.absorbed"
    customer_id: UUID
    earlier: tuple[UUID, ...] = ()


class CustomerMergeUndone(Event):
    """Recorded on the customer that had ended, which goes on by itself."""

    topic = "customer.merge_undone"
    into: UUID


class CustomerAbsorptionUndone(Event):
    """Recorded on the former survivor."""

    topic = "customer.absorption_undone"
    customer_id: UUID


CustomerEvent = (
    CustomerRegistered
    | CustomerDetailsChanged
    | TierChanged
    | AddressAdded
    | AddressRemoved
    | AddressTrustChanged
    | AddressRekeyed
    | CustomerJoined
    | CustomerLeft
    | MatchProposed
    | MatchAccepted
    | MatchRefused
    | CustomerMerged
    | CustomerAbsorbed
    | CustomerMergeUndone
    | CustomerAbsorptionUndone
)
"""Who a customer is. What customers do stands in `domain.customer.facts.events`."""


class AddressClaimed(Event):
    """The customer owns the address. ``shared``: other customers may own it too. ``verified``: no other customer can
    take it over by verifying it.
    """

    topic = "address.claimed"
    stream_of_one_person = False

    customer_id: UUID
    channel: str
    key: Annotated[str, PERSONAL]
    shared: bool = False
    scope: str | None = None
    verified: bool = False


class AddressReleased(Event):
    topic = "address.released"
    stream_of_one_person = False

    customer_id: UUID
    channel: str
    key: Annotated[str, PERSONAL]
    scope: str | None = None


AddressEvent = AddressClaimed | AddressReleased
"""What happens to an address."""
