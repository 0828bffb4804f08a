"""Which keys signed a tenant's checkpoints, the newest last."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.sealing.events import SealingEvent

SEALING = UUID("3c0a5f4e-2b1d-5a8e-9c47-6e0f1d2a7b93")
"""The stream of the keys of a tenant."""


class SealingKeys(NamedTuple):
    """``keys`` are public keys in base64, with the database of each; a key that comes back is newest again."""

    state: str = "none"
    keys: tuple[tuple[str, UUID], ...] = ()


def evolve(sealing: SealingKeys, event: SealingEvent, at: datetime) -> SealingKeys:  # noqa: ARG001 -- the shape every fold has
    """The keys after one more event."""
    known = (event.public_key, event.database)
    return SealingKeys("kept", (*(key for key in sealing.keys if key != known), known))
