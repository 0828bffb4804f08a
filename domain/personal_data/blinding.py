"""Ids and hashes that are made of personal values, under a secret key of the tenant (keyed BLAKE2b, RFC 7693).

Without the key nobody can find out by trying which telephone number or name they were made of.
"""

import hashlib
from uuid import UUID

from domain.ids import FREE_BITS

_VERSION_AND_VARIANT = 0x8 << 76 | 0x2 << 62


class Blinding:
    """The hashes of one tenant. A process may hold those of many tenants."""

    def __init__(self, key: bytes) -> None:
        self._of_texts = hashlib.blake2b(key=key, digest_size=16, person=b"text")
        self._of_streams = hashlib.blake2b(key=key, digest_size=16, person=b"stream")

    def text_of(self, value: str) -> str:
        """32 hexadecimal digits that stand for a value."""
        hashed = self._of_texts.copy()
        hashed.update(value.encode())
        return hashed.hexdigest()

    def stream_of(self, stream: UUID) -> UUID:
        """The stored id of a stream whose id is a hash of a personal value (a UUID of version 8)."""
        hashed = self._of_streams.copy()
        hashed.update(stream.bytes)
        return UUID(int=int.from_bytes(hashed.digest()) & FREE_BITS | _VERSION_AND_VARIANT)
