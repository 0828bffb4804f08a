"""The events of customers and addresses. Payloads hold business facts alone."""

from uuid import UUID

from domain.messages import Event


class CustomerRegistered(Event):
    topic = "customer.registered"
    name: str
    tier: str = "standard"
    external_reference: str | None = None


class CustomerDetailsChanged(Event):
    """The details as they are from now on."""

    topic = "customer.details_changed"
    name: str


class AddressAdded(Event):
    """An address is a channel and a handle: an e-mail address, a phone number, a Zalo or Facebook identity ...

    ``shared``: other customers may have it too.
    """

    topic = "customer.address_added"
    channel: str
    handle: str
    shared: bool = False


class AddressRemoved(Event):
    topic = "customer.address_removed"
    channel: str
    handle: str


class TierChanged(Event):
    topic = "customer.tier_changed"
    tier: str


CustomerEvent = CustomerRegistered | CustomerDetailsChanged | AddressAdded | AddressRemoved | TierChanged
"""What happens to a customer."""


class AddressClaimed(Event):
    """The customer has the address. ``key`` is the folded handle; ``shared``: other customers may have it too."""

    topic = "address.claimed"
    customer_id: UUID
    channel: str
    key: str
    shared: bool = False


class AddressReleased(Event):
    topic = "address.released"
    customer_id: UUID
    channel: str
    key: str


AddressEvent = AddressClaimed | AddressReleased
"""What happens to an address."""
