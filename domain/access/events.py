"""The events of API keys.

No event holds the secret of a key or its hash.
"""

from datetime import datetime

from domain.messages import Event


class KeyCreated(Event):
    """``actor_id`` and ``actor_kind`` name the actor of the key. Without ``expires_at`` it is valid until revoked.

    ``back_dating_seconds`` is how far in the past ``occurred_at`` may lie; None is without limit.
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
    """The key ``replaced_by`` takes its place; this one is valid until ``expires_at``."""

    topic = "key.rotated"
    key_id: str
    replaced_by: str
    expires_at: datetime


class KeyRevoked(Event):
    topic = "key.revoked"
    key_id: str


KeyEvent = KeyCreated | KeyRotated | KeyRevoked
