"""Ids of streams, events and commands. New ids sort by time, so that indexes grow at one end."""

import os
import re
import time
from random import Random
from uuid import UUID

_RANDOM = Random()  # noqa: S311 -- ids are unique, not secret; seeded by the system, and anew in a forked process
os.register_at_fork(after_in_child=_RANDOM.seed)

_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, 74 random ones."""
    milliseconds = time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF
    random = _RANDOM.getrandbits(74)
    return UUID(int=milliseconds << 80 | random >> 62 << 64 | random & (1 << 62) - 1 | _VERSION_AND_VARIANT)


def canonical(written: object) -> object:
    """Returns its argument. Raises ValueError for a text that is not the canonical form of a UUID, in either case."""
    if isinstance(written, str) and not _CANONICAL.fullmatch(written):
        raise ValueError("write a UUID as 01890a5d-ac96-774b-bcce-b302099a8057")
    return written
