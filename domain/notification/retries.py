"""When the next attempt of a notification begins: after longer and longer pauses, spread by chance of its id."""

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1_440))
"""The pauses after the first attempt, which begins at once, and after each later one. The seventh is the last."""
JITTER = 0.2
"""A pause is longer by up to this part of it."""


def retry_at(stream: UUID, tries: int, at: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """When the attempt after the one of number ``tries`` (from 1) begins; None when there was the last one.

    ``at`` is when that one ended. ``retry_after`` is the shortest pause that the provider asks for.
    """
    if tries > len(PAUSES):
        return None
    digest = blake2b(b"%s %d" % (stream.bytes, tries), digest_size=4).digest()
    pause = PAUSES[tries - 1] * (1 + JITTER * int.from_bytes(digest, "big") / 2**32)
    return at + max(pause, retry_after or pause)
