"""The addresses of a customer as decisions see them: with their key, and how far they are trusted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.customer import events as e
from domain.customer.address_keys import NOBODY
from domain.personal_data.declaration import is_lost
from domain.text_folding import fold_code

Trust = Literal["withdrawn", "claimed", "seen", "asserted", "verified"]
TRUST: tuple[Trust, ...] = ("withdrawn", "claimed", "seen", "asserted", "verified")
"""The least first: its owner gave it up; somebody typed it; the channel shows it; the channel vouches; it is proven."""
DEFAULT_TRUST: Mapping[str, Trust] = MappingProxyType(
    {"agent": "seen", "import": "seen", "customer": "claimed", "system": "claimed"}
)
"""By the kind of the actor, for addresses that come without a trust, those from before trust was recorded as well."""


class CustomerAddress(NamedTuple):
    """``scope`` None is the tenant. ``trust`` None is from before trust was recorded. An empty key finds nobody."""

    channel: str
    handle: str
    scope: str | None
    key: str
    key_version: int
    trust: str | None
    shared: bool
    added_at: datetime

    @property
    def name(self) -> tuple[str, str | None, str]:
        """The key by which the addresses of a customer differ."""
        return self.channel, self.scope, self.handle


def less_than(trust: str | None, other: Trust) -> bool:
    """Whether an address is trusted less than ``other``."""
    return rank_of(trust) < rank_of(other)


def rank_of(trust: str | None) -> int:
    """The place of a trust in TRUST. None, from before trust was recorded, counts as seen."""
    return TRUST.index(next((known for known in TRUST if known == trust), "seen"))


Addresses = tuple[CustomerAddress, ...]


def with_address(addresses: Addresses, added: e.AddressAdded, at: datetime) -> Addresses:
    """The addresses after one was added, or added again with another trust or as shared; a lost handle is none."""
    if is_lost(added.handle):
        return addresses
    name = (added.channel, added.scope, added.handle)
    known = next((address for address in addresses if address.name == name), None)
    address = CustomerAddress(
        channel=added.channel,
        handle=added.handle,
        scope=added.scope,
        key=fold_code(added.handle) if added.key is None else added.key,
        key_version=added.key_version,
        trust=added.trust,
        shared=added.shared,
        added_at=known.added_at if known else at,
    )
    return (*(other for other in addresses if other.name != name), address)


def without_address(addresses: Addresses, removed: e.AddressRemoved) -> Addresses:
    """The addresses without one."""
    return tuple(other for other in addresses if other.name != (removed.channel, removed.scope, removed.handle))


def with_trust(addresses: Addresses, changed: e.AddressTrustChanged) -> Addresses:
    """The addresses after one is trusted more or less."""
    name = (changed.channel, changed.scope, changed.handle)
    return tuple(address._replace(trust=changed.trust) if address.name == name else address for address in addresses)


def with_key(addresses: Addresses, rekeyed: e.AddressRekeyed) -> Addresses:
    """The addresses after one got the key of a later function."""
    name = (rekeyed.channel, rekeyed.scope, rekeyed.handle)
    return tuple(
        address._replace(key=rekeyed.key, key_version=rekeyed.key_version) if address.name == name else address
        for address in addresses
    )


def at_keys(
    addresses: Iterable[CustomerAddress], channel: str, scope: str | None, keys: Mapping[int, str]
) -> Addresses:
    """The addresses that are written otherwise and yet the same: by a key, whichever version made it.

    One that identifies nobody is the same when it is written alike.
    """
    identifying = frozenset(keys.values()) - {NOBODY}
    return tuple(
        address
        for address in addresses
        if fold_code(address.channel) == channel
        and address.scope == scope
        and (address.key in identifying or (address.key == NOBODY and fold_code(address.handle) == keys[1]))
    )


def addresses_together(of_each: Iterable[Addresses]) -> Addresses:
    """The addresses of one person from those of each record: of a channel, those of the first that has any."""
    together: Addresses = ()
    for addresses in of_each:
        known = {address.channel for address in together}
        together += tuple(address for address in addresses if address.channel not in known)
    return together
