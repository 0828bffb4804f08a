"""The data of a leaf: the fields of a row as they are stored, each after its length. No text is written anew."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from domain.merkle.hashing import leaf_hash

SealedLog = Literal["events", "access"]
"""The logs of a tenant that have a tree."""
_EVENT = b"ticketledger event v1"
_ACCESS = b"ticketledger access v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def event_leaf(stream: UUID, version: int, topic: str, recorded_at: datetime, state: str) -> bytes:
    """The hash of the leaf of an event; ``state`` is the stored text."""
    return _hash(
        _EVENT, stream.bytes, version.to_bytes(8, "big"), topic.encode(), _instant(recorded_at), state.encode()
    )


def access_leaf(at: datetime, entry: str) -> bytes:
    """The hash of the leaf of an entry of the access journal; ``entry`` is the stored text."""
    return _hash(_ACCESS, _instant(at), entry.encode())


def _hash(*fields: bytes) -> bytes:
    return leaf_hash(b"".join([part for field in fields for part in (len(field).to_bytes(4, "big"), field)]))


def _instant(at: datetime) -> bytes:
    """Microseconds since 1970 in UTC."""
    return ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True)
