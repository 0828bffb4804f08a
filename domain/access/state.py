"""The state of an API key.

`api.api_key_lifecycle` decides; the service desk has no command for keys.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain.access import events as e


@dataclass(frozen=True, slots=True)
class AccessKey:
    """``state`` is none, valid, rotated or revoked."""

    state: str = "none"
    key_id: str | None = None


def evolve(key: AccessKey, event: e.KeyEvent, at: datetime) -> AccessKey:  # noqa: ARG001 -- the shape every fold has
    """The key after one more event. Total: any history folds."""
    match event:
        case e.KeyCreated(key_id=key_id):
            return AccessKey("valid", key_id)
        case e.KeyRotated():
            return replace(key, state="rotated")
        case e.KeyRevoked():
            return replace(key, state="revoked")
        case _:
            assert_never(event)
