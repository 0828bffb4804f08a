"""The address of a customer on a channel: the one that is trusted most, among those that may be used."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from domain.contact_rules.admit import Why
from domain.customer.addresses import CustomerAddress, rank_of
from domain.customer.email_key import address_in
from domain.personal_data.declaration import is_lost
from domain.text_folding import fold_code

KIND_OF_ADDRESS: Mapping[str, str] = MappingProxyType(
    {"email": "email", "sms": "phone", "call": "phone", "zalo": "zalo"}
)
"""The channel of a customer's address by the channel of a notification."""


class NoAddress(NamedTuple):
    """Why there is none."""

    why: Why


def usable_address(
    addresses: Iterable[CustomerAddress], channel: str, bounced: Mapping[str, datetime]
) -> str | NoAddress:
    """The address to send to. ``bounced`` says when a message to an address came back last.

    An address that came back is usable again when it is added anew. A telephone number is given in international form.
    """
    kind = KIND_OF_ADDRESS.get(channel)
    known = [address for address in addresses if fold_code(address.channel) == kind and not is_lost(address.handle)]
    if not known:
        return NoAddress("address_unknown")
    kept = [address for address in known if address.trust != "withdrawn"]
    if not kept:
        return NoAddress("address_withdrawn")
    arriving = [address for address in kept if not _came_back(address, bounced)]
    if not arriving:
        return NoAddress("address_bounced")
    return written_as(max(arriving, key=lambda address: (rank_of(address.trust), address.added_at)))


def written_as(address: CustomerAddress) -> str:
    """The address as it is sent to."""
    match fold_code(address.channel):
        case "phone":
            return address.key or address.handle
        case "email":
            return address_in(address.handle) or address.handle
        case _:
            return address.handle


def _came_back(address: CustomerAddress, bounced: Mapping[str, datetime]) -> bool:
    at = bounced.get(written_as(address))
    return at is not None and at >= address.added_at
