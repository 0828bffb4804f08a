"""The keys of an address: pure functions of what was written, in versions.

An event holds the key and the version of its function. A look-up computes the key of every version, so that
it finds an address whichever version made its key.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import NamedTuple

from domain.customer.email_key import email_key, email_key_beside_notes
from domain.customer.phone_key import phone_key, phone_key_beside_notes
from domain.text_folding import fold_code

NOBODY = ""
"""The recorded key of an address that identifies nobody."""


EmailKey = Callable[[str], str | None]
PhoneKey = Callable[[str, str, date | None], str | None]


class WrittenAddress(NamedTuple):
    """An address as somebody writes it. ``scope`` None is the tenant.

    ``region`` is the ISO country of national numbers. ``written_on`` is given where the source says how old its numbers
    are: old area codes are then translated.
    """

    channel: str
    handle: str
    scope: str | None = None
    region: str = "VN"
    written_on: date | None = None


def _folded(written: WrittenAddress) -> str:
    return fold_code(written.handle)


def _by_channel(written: WrittenAddress, email: EmailKey = email_key, phone: PhoneKey = phone_key) -> str:
    match fold_code(written.channel):
        case "email":
            return email(written.handle) or NOBODY
        case "phone":
            return phone(written.handle, written.region, written.written_on) or NOBODY
        case _:
            return fold_code(written.handle)


KEY_FUNCTIONS: Mapping[int, Callable[[WrittenAddress], str]] = MappingProxyType(
    {
        1: _folded,
        2: _by_channel,
        3: partial(_by_channel, email=email_key_beside_notes, phone=phone_key_beside_notes),
    }
)
"""By version. A version that was released never changes."""
KEY_VERSION = max(KEY_FUNCTIONS)
"""The version of new keys."""


@lru_cache(4_096)
def keys_of(written: WrittenAddress) -> Mapping[int, str]:
    """The key of each version."""
    return {version: key_function(written) for version, key_function in KEY_FUNCTIONS.items()}


def identifies_somebody(written: WrittenAddress) -> bool:
    """Whether the newest key function makes a key of the address."""
    return keys_of(written)[KEY_VERSION] != NOBODY
