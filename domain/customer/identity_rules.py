"""Which addresses identify nobody, and how many addresses a customer may have by rule: a published definition."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated

from pydantic import Field

from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.commands import AddressChannel
from domain.messages import Message, Word
from domain.text_by_language import Title
from domain.text_folding import fold_code

Most = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class BlockedKey(Message):
    """An address that identifies nobody, such as the tenant's own, a no-reply address or a test number."""

    channel: AddressChannel
    handle: Word


class AddressLimits(Message):
    """The most addresses of a channel that a customer gets by rule; None: any number."""

    email: Most | None = 5
    phone: Most | None = 5
    livechat: Most | None = 50
    zalo: Most | None = None
    facebook: Most | None = None
    form: Most | None = None
    app: Most | None = None

    def of(self, channel: AddressChannel) -> int | None:
        """The most addresses of one channel."""
        most: int | None = getattr(self, channel)
        return most


_WITHHELD = tuple(
    BlockedKey(channel="phone", handle=handle)
    for handle in ("anonymous", "private", "restricted", "unknown", "withheld")
)


class IdentityRules(Message):
    """``blocked`` addresses never identify a customer. Beyond ``limits`` a customer is flagged and not extended."""

    blocked: Annotated[tuple[BlockedKey, ...], Field(max_length=5_000)] = _WITHHELD
    limits: AddressLimits = AddressLimits()

    def is_blocked(self, address: WrittenAddress) -> bool:
        """Whether the address is one of the blocked ones, in any spelling and in any scope."""
        channel = fold_code(address.channel)
        return any((channel, key) in self._blocked_keys for key in keys_of(address).values())

    def exceeded_by(self, channels: Iterable[str]) -> list[str]:
        """The channels of which a customer has more addresses than by rule; ``channels`` holds one for each address."""
        limits = self.limits.model_dump()
        counts = Counter(map(fold_code, channels))
        return sorted(channel for channel, count in counts.items() if count > (limits.get(channel) or count))

    @cached_property
    def _blocked_keys(self) -> frozenset[tuple[str, str]]:
        """The channels and keys of every version."""
        written = [WrittenAddress(blocked.channel, blocked.handle) for blocked in self.blocked]
        return frozenset(
            (fold_code(address.channel), key)
            for address in written
            for key in keys_of(address).values()
            if key != NOBODY
        )


class IdentityExample(Message):
    """An address, and whether it is blocked."""

    name: Title
    channel: AddressChannel
    handle: Word
    blocked: bool

    def differences(self, body: IdentityRules) -> list[str]:
        """Where the answer differs from the expected one."""
        blocked = body.is_blocked(WrittenAddress(self.channel, self.handle))
        if blocked == self.blocked:
            return []
        return [f"the address is {'blocked' if blocked else 'not blocked'}"]
