"""Ids and hashes that are made of personal values, under a secret key of the tenant (HMAC-SHA-256, RFC 2104).

Without the key nobody can find out by trying which telephone number or name they were made of.
"""

import hmac
from uuid import UUID

_DIGITS = 32
_FREE_BITS = (1 << 128) - 1 & ~(0xF << 76 | 0x3 << 62)
_VERSION_AND_VARIANT = 0x8 << 76 | 0x2 << 62


class Blinding:
    """The hashes of one tenant. A process may hold those of many tenants."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def text_of(self, value: str | bytes) -> str:
        """32 hexadecimal digits that stand for a value."""
        data = value.encode() if isinstance(value, str) else value
        return hmac.digest(self._key, data, "sha256").hex()[:_DIGITS]

    def stream_of(self, stream: UUID) -> UUID:
        """The stored id of a stream whose id is a hash of a personal value (a UUID of version 8)."""
        number = int.from_bytes(hmac.digest(self._key, b"stream" + stream.bytes, "sha256")[:16])
        return UUID(int=number & _FREE_BITS | _VERSION_AND_VARIANT)
