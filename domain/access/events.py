"""What happens to the keys of the API. An event never holds a key's secret, or the hash of it."""

from datetime import datetime

from domain.messages import Event


class KeyCreated(Event):
    """``actor_id`` and ``actor_kind`` are whom the key speaks for; without ``expires_at`` it is valid until revoked.

    ``back_dating_seconds``: how long before it is told a fact may have happened; None is without limit.
    """

    topic = "key.created"
    key_id: str
    actor_id: str
    actor_kind: str
    acts_for_others: bool
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    back_dating_seconds: int | None = None


class KeyRotated(Event):
    """Another key takes its place; this one is valid until ``expires_at``."""

    topic = "key.rotated"
    key_id: str
    replaced_by: str
    expires_at: datetime


class KeyRevoked(Event):
    topic = "key.revoked"
    key_id: str


KeyEvent = KeyCreated | KeyRotated | KeyRevoked
