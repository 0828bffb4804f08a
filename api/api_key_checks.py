"""Whether the API keys are as their events say."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from psycopg import Connection

from api.api_keys import Key, list_keys
from domain.access.events import KeyCreated, KeyEvent, KeyRevoked, KeyRotated
from domain.event_log import reader

_EVENTS = "where topic in ('key.created', 'key.rotated', 'key.revoked') order by position"


def changed_api_keys(connection: Connection, tenant: str) -> list[str]:
    """The ids of the tenant's keys that differ from their events."""
    rows = connection.execute(reader.select_where(tenant, _EVENTS)).fetchall()
    events = [event.payload for event in reader.decode_rows(tenant, rows)]
    return changed_keys(list_keys(connection, tenant), events)


def changed_keys(keys: Iterable[Key], events: Iterable[KeyEvent]) -> list[str]:
    """The ids of keys that differ from their events. A key of an early release has none."""
    made: dict[str, KeyCreated] = {}
    ends: dict[str, datetime | None] = {}
    revoked: set[str] = set()
    for event in events:
        match event:
            case KeyCreated():
                made[event.key_id], ends[event.key_id] = event, event.expires_at
            case KeyRotated():
                ends[event.key_id] = event.expires_at
            case KeyRevoked():
                revoked.add(event.key_id)
    return [
        key.id
        for key in keys
        if (key.id in revoked and key.revoked_at is None)
        or (key.id in ends and key.expires_at != ends[key.id])
        or (key.id in made and _allows(key) != _says(made[key.id]))
    ]


def _allows(key: Key) -> tuple[object, ...]:
    return key.actor_id, key.actor_kind, key.acts_for_others, sorted(key.scopes), key.back_dating


def _says(event: KeyCreated) -> tuple[object, ...]:
    seconds = event.back_dating_seconds
    back_dating = None if seconds is None else timedelta(seconds=seconds)
    return event.actor_id, event.actor_kind, event.acts_for_others, sorted(event.scopes), back_dating
