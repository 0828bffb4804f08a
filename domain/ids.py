"""Ids of streams, events and commands.

New ids sort by time, so that indexes grow at one end.
"""

import os
import re
import time
from collections.abc import Iterable
from hashlib import sha1
from random import Random
from uuid import UUID

_RANDOM = Random()  # noqa: S311 -- ids are unique, not secret; seeded by the system, and anew in a forked process
os.register_at_fork(after_in_child=_RANDOM.seed)

_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_NAMED = 0x5 << 76 | 0x2 << 62
FREE_BITS = (1 << 128) - 1 & ~(0xF << 76 | 0x3 << 62)
"""All bits of a UUID but those of its version and variant."""


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, 74 random ones."""
    return UUID(int=_new())


def new_id_text() -> str:
    """The text of a new id, in half the time."""
    return _text_of(_new())


class Namespace:
    """The ids that are derived from names: those of ``uuid5``, in half the time."""

    def __init__(self, namespace: UUID) -> None:
        self._hashed = sha1(namespace.bytes, usedforsecurity=False)

    def id_of(self, name: str) -> UUID:
        """The id of a name."""
        return UUID(int=self._number(name))

    def text_of(self, name: str) -> str:
        """The text of the id of a name."""
        return _text_of(self._number(name))

    def _number(self, name: str) -> int:
        hashed = self._hashed.copy()
        hashed.update(name.encode())
        return int.from_bytes(hashed.digest()[:16], "big") & FREE_BITS | _NAMED


def _new() -> int:
    milliseconds = time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF
    random = _RANDOM.getrandbits(74)
    return milliseconds << 80 | random >> 62 << 64 | random & (1 << 62) - 1 | _VERSION_AND_VARIANT


def _text_of(number: int) -> str:
    text = number.to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def as_array(ids: Iterable[UUID]) -> str:
    """Ids as the text of an array: the driver converts each element of a list by itself."""
    return "{" + ",".join([each.hex for each in ids]) + "}"


def short_reference(stream: UUID) -> str:
    """The last 12 digits of an id, as people say it: they are random, while the first ones are the time."""
    return stream.hex[-12:]


def canonical(written: object) -> object:
    """Returns its argument. Raises ValueError for a text that is not the canonical form of a UUID, in either case."""
    if isinstance(written, str) and not _CANONICAL.fullmatch(written):
        raise ValueError("write a UUID as 01890a5d-ac96-774b-bcce-b302099a8057")
    return written
