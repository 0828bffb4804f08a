"""Making, rotating and revoking keys.

A change of a key and its event are one transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID, uuid5

from psycopg import Connection

from api.api_keys import LONGEST_WALL, WALL, Token, create_key, find_key, limit_key, revoke_key
from api.command_line_origin import COMMAND_LINE
from domain.access.events import KeyCreated, KeyEvent, KeyRevoked, KeyRotated
from domain.command_context import Actor, ActorKind, Origin
from domain.errors import LedgerError
from domain.event_log import reader
from domain.event_log.stream_append import append_to_stream
from domain.ids import new_id
from domain.ticket.lateness import LATE_AFTER

USUAL_BACK_DATING: Mapping[ActorKind, timedelta | None] = MappingProxyType(
    {"agent": LATE_AFTER, "customer": LATE_AFTER, "system": None, "import": None}
)
"""How far back a new key dates facts, by the kind of its actor; None is without limit."""
_NAMESPACE = UUID("0d4ad4cb-4f36-4a53-8a5b-9f9d8d5a9b11")


class KeyNotUsable(LedgerError):  # noqa: N818 -- names the state of a key
    """There is no such key, or it is no longer valid; the message says which."""

    kind = "not_found"


class WallLifeError(ValueError):
    """A key of the team wall would be valid for more than LONGEST_WALL."""


def key_stream(key_id: str) -> UUID:
    """The stream of a key's events."""
    return uuid5(_NAMESPACE, key_id)


def make(
    connection: Connection,
    tenant: str,
    actor: Actor,
    scopes: Collection[str],
    by: Actor,
    *,
    back_dating: timedelta | None,
    acts_for_others: bool = False,
    expires_at: datetime | None = None,
    origin: Origin = COMMAND_LINE,
    command_id: str | None = None,
) -> Token:
    """Makes a key and returns its token, whose secret is not stored. The same ``command_id`` makes no second one.

    Raises KeyNotUsable for a command that was recorded before, and ValueError for an unknown scope or for a wall key
    that allows more or is valid for long.
    """
    with connection.transaction():
        _check_wall(connection, scopes, expires_at)
        token = create_key(
            connection, tenant, actor, scopes,
            acts_for_others=acts_for_others, expires_at=expires_at, back_dating=back_dating,
        )  # fmt: skip
        created = KeyCreated(
            key_id=token.key_id, actor_id=actor.id, actor_kind=actor.kind, acts_for_others=acts_for_others,
            scopes=tuple(sorted(scopes)), expires_at=expires_at,
            back_dating_seconds=None if back_dating is None else int(back_dating.total_seconds()),
        )  # fmt: skip
        _record(connection, tenant, created, by, origin, command_id)
        return token


def rotate(
    connection: Connection,
    tenant: str,
    key_id: str,
    overlap: timedelta,
    by: Actor,
    *,
    expires_at: datetime | None,
    origin: Origin = COMMAND_LINE,
    command_id: str | None = None,
) -> Token:
    """Makes a key in place of another, which stays valid for ``overlap`` at most.

    Raises KeyNotUsable, and WallLifeError for a wall key that would be valid for long.
    """
    with connection.transaction():
        now = reader.now(connection)
        key = find_key(connection, tenant, key_id)
        if key is None:
            raise KeyNotUsable(f"There is no key {key_id!r}: `keys list` shows them.")
        if key.revoked_at or (key.expires_at and key.expires_at <= now):
            raise KeyNotUsable(f"The key {key_id} is revoked or has expired: make another with `keys create`.")
        until = min(now + overlap, key.expires_at or datetime.max.replace(tzinfo=now.tzinfo))
        limit_key(connection, tenant, key_id, until)
        token = make(
            connection, tenant, key.actor, key.scopes, by,
            back_dating=key.back_dating, acts_for_others=key.acts_for_others, expires_at=expires_at,
            origin=origin, command_id=command_id,
        )  # fmt: skip
        _record(connection, tenant, KeyRotated(key_id=key_id, replaced_by=token.key_id, expires_at=until), by, origin)
        return token


def revoke(connection: Connection, tenant: str, key_id: str, by: Actor, origin: Origin = COMMAND_LINE) -> None:
    """Ends a key; a revoked key stays as it is. Raises KeyNotUsable when there is no such key."""
    with connection.transaction():
        key = find_key(connection, tenant, key_id)
        if key is None:
            raise KeyNotUsable(f"There is no key {key_id!r}: `keys list` shows them.")
        if key.revoked_at is None:
            revoke_key(connection, tenant, key_id)
            _record(connection, tenant, KeyRevoked(key_id=key_id), by, origin)


def _check_wall(connection: Connection, scopes: Collection[str], expires_at: datetime | None) -> None:
    """Raises ValueError for a key of the team wall that allows more, WallLifeError for one that is valid for long."""
    if WALL not in scopes:
        return
    if set(scopes) != {WALL}:
        raise ValueError(
            f"scopes {sorted(scopes)}: {WALL} stands alone, because it opens the team wall and nothing else"
        )
    if expires_at is None or expires_at > reader.now(connection) + LONGEST_WALL:
        raise WallLifeError(f"a key with the scope {WALL} is valid for at most {LONGEST_WALL.days} days")


def _record(
    connection: Connection, tenant: str, payload: KeyEvent, by: Actor, origin: Origin, given_id: str | None = None
) -> None:
    """Appends the event to the key's stream. The lock on the key's row keeps other writers out."""
    stream, command_id = key_stream(payload.key_id), f"key/{given_id or new_id()}"
    version = len(reader.stream(connection, tenant, stream))
    if not append_to_stream(connection, tenant, stream, version, [payload], by, command_id, origin=origin):
        raise KeyNotUsable(f"The key {payload.key_id} was changed meanwhile, or the form was sent before: look again.")
