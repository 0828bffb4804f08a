"""The data of a leaf: the fields of a row as they are stored, each after its length.

No text is written anew.
"""

from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Literal
from uuid import UUID

from domain.merkle.hashing import leaf_hash

SealedLog = Literal["events", "access"]
"""The logs of a tenant that have a tree."""
_EVENT = b"ticketledger event v1"
_ACCESS = b"ticketledger access v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = Struct(">I").pack
_NUMBER_AND_LENGTH = Struct(">IqI").pack
"""The length of a number of eight bytes, the number, and the length of the field after it."""
_EVENT_START = _LENGTH(len(_EVENT)) + _EVENT + _LENGTH(16)
_ACCESS_START = _LENGTH(len(_ACCESS)) + _ACCESS


def event_leaf(stream: UUID, version: int, topic: str, recorded_at: datetime, state: str) -> bytes:
    """The hash of the leaf of an event; ``state`` is the stored text."""
    named, stored = topic.encode(), state.encode()
    before_topic = _NUMBER_AND_LENGTH(8, version, len(named))
    before_state = _NUMBER_AND_LENGTH(8, (recorded_at - _EPOCH) // _MICROSECOND, len(stored))
    return leaf_hash(b"".join((_EVENT_START, stream.bytes, before_topic, named, before_state, stored)))


def access_leaf(at: datetime, entry: str) -> bytes:
    """The hash of the leaf of an entry of the access journal; ``entry`` is the stored text."""
    stored = entry.encode()
    before_entry = _NUMBER_AND_LENGTH(8, (at - _EPOCH) // _MICROSECOND, len(stored))
    return leaf_hash(b"".join((_ACCESS_START, before_entry, stored)))
