"""Everything that can have happened to a customer. Payloads hold business facts alone."""

from domain.message import Event


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
    """An address is a channel and a handle: an e-mail address, a phone number, a Zalo or Facebook identity ..."""

    topic = "customer.address_added"
    channel: str
    handle: str


class AddressRemoved(Event):
    topic = "customer.address_removed"
    channel: str
    handle: str


class TierChanged(Event):
    topic = "customer.tier_changed"
    tier: str


CustomerEvent = CustomerRegistered | CustomerDetailsChanged | AddressAdded | AddressRemoved | TierChanged
