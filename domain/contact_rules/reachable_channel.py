"""The channel over which a customer is asked: the one that was meant, or another one on which there is an address."""

from collections.abc import Sequence

from domain.contact_rules.definition import Contact, ContactRules
from domain.contact_rules.recipient_address import NoAddress, usable_address
from domain.customer.addresses import CustomerAddress
from domain.notification.commands import NotificationChannel, Purpose


def reachable_channel(
    rules: ContactRules,
    channel: NotificationChannel,
    purpose: Purpose,
    template: str,
    addresses: Sequence[CustomerAddress],
) -> NotificationChannel:
    """The channel itself, or the first of its fallbacks on which there is an address, if there is one."""
    contact = Contact(purpose, channel, template)
    others = next((fallback.to for fallback in rules.fallbacks if fallback.covers(contact)), ())
    return next((each for each in (channel, *others) if _has(addresses, each)), channel)


def _has(addresses: Sequence[CustomerAddress], channel: str) -> bool:
    return not isinstance(usable_address(addresses, channel, {}), NoAddress)
