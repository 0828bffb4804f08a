"""A key as the page lists it: what holds of it at an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from api.api_keys import WALL, Key

KeyState = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key and its state. ``last_used_at`` and the end are known for the present alone."""

    id: str
    actor: str
    kind: str
    acts_for_others: bool
    scopes: tuple[str, ...]
    created_at: datetime
    state: KeyState
    ends_at: datetime | None
    last_used_at: datetime | None
    back_dating: timedelta | None

    @property
    def is_valid(self) -> bool:
        """Whether it opens something."""
        return self.state == "valid"


def key_rows(keys: Iterable[Key], at: datetime, *, of_walls: bool) -> list[KeyRow]:
    """The keys that exist at an instant, the valid ones first and the newest first; of walls, or of callers."""
    rows = [_row(key, at) for key in keys if (WALL in key.scopes) == of_walls and key.created_at <= at]
    return sorted(rows, key=lambda row: (not row.is_valid, -row.created_at.timestamp()))


def _row(key: Key, at: datetime) -> KeyRow:
    revoked_at = key.revoked_at if key.revoked_at is not None and key.revoked_at <= at else None
    expired = key.expires_at is not None and key.expires_at <= at
    state: KeyState = "revoked" if revoked_at else "expired" if expired else "valid"
    return KeyRow(
        key.id,
        key.actor_id,
        key.actor_kind,
        key.acts_for_others,
        tuple(key.scopes),
        key.created_at,
        state,
        revoked_at or key.expires_at,
        key.last_used_at,
        key.back_dating,
    )
