"""The events of the keys that sign a tenant's checkpoints.

No event holds a private key.
"""

from uuid import UUID

from domain.messages import Event


class SealingKeyMade(Event):
    """The first key. ``public_key`` is in base64; ``database`` stands in the origins of the tenant's checkpoints."""

    topic = "sealing.key_made"
    in_figures = False
    public_key: str
    database: UUID


class SealingKeyRotated(Event):
    """A key takes the place of ``replaced``, whose checkpoints stay valid."""

    topic = "sealing.key_rotated"
    in_figures = False
    public_key: str
    replaced: str
    database: UUID


SealingEvent = SealingKeyMade | SealingKeyRotated
"""What happens to the keys."""
