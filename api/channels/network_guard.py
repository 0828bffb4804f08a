"""Which network addresses a receiver may have: public ones, and those of networks that the configuration names.

A name is resolved once, and the connection goes to the address that was checked.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_FORBIDDEN: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # the metadata and health service of Azure
            "192.88.99.0/24",  # the relays of 6to4
            "2001::/23",  # protocol assignments with Teredo, which hold an IPv4 address
            "2002::/16",  # 6to4, likewise
            "64:ff9b::/96",  # NAT64, likewise
            "64:ff9b:1::/48",
            "::/96",  # IPv4-compatible addresses
            "fec0::/10",  # site-local addresses
            "3fff::/20",  # for documentation, since 2024
        ),
    )
)
"""What Python takes for public although it leads inside."""


class AddressNotAllowed(Exception):  # noqa: N818 -- names what was met
    """No address of the receiver is allowed."""


class GuardedName:
    """The name of one receiver. A thread of its own looks it up, once at a time for all who ask: a name that takes long
    holds up nobody else.
    """

    def __init__(self, host: str, port: int, allowed: Sequence[Network]) -> None:
        self._look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        self._allowed = allowed
        self._thread = ThreadPoolExecutor(1, "look-up")
        self._under_way: Future[list[Any]] | None = None

    async def address(self) -> str:
        """The first allowed address. Raises AddressNotAllowed, or OSError when the name is unknown."""
        if self._under_way is None or self._under_way.done():
            self._under_way = self._thread.submit(self._look_up)
        look_up = asyncio.wrap_future(self._under_way)
        look_up.add_done_callback(lambda done: done.cancelled() or done.exception())  # its attempt may be over by then
        for *_, endpoint in await asyncio.shield(look_up):
            address = str(endpoint[0])
            if is_allowed(address, self._allowed):
                return address
        raise AddressNotAllowed


def is_allowed(written: str, allowed: Sequence[Network]) -> bool:
    """Whether a connection to an address is allowed. An IPv4 address in the form of IPv6 is judged as IPv4."""
    address: Address = ip_address(written)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address.version == network.version and address in network for network in _FORBIDDEN)
