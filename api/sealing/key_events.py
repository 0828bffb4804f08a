"""The events that list the public keys of a tenant's checkpoints."""

import os
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from psycopg import Connection

from api.api_keys import desk_tenants
from api.sealing.key_file import SealingKey, key_path, made_key
from api.sealing.tree_store import StoredCheckpoint
from domain.checkpoint.checkpoint import origin_of
from domain.checkpoint.encoding import decoded
from domain.checkpoint.keys import PublicKey
from domain.command_context import Actor
from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_log.sql_files import sql_file
from domain.event_log.stream_append import append_to_stream
from domain.ids import new_id
from domain.sealing.events import SealingEvent, SealingKeyMade, SealingKeyRotated
from domain.sealing.leaf import SealedLog
from domain.sealing.state import SEALING, SealingKeys, evolve

_SQL = sql_file("api.sealing", "trees.sql")
SEALER = Actor(id="sealer", kind="system")


def listed_keys(connection: Connection, tenant: str) -> SealingKeys:
    """The keys that the tenant's log lists."""
    return _state(connection, tenant)[0]


def public_keys(connection: Connection, tenant: str, log: SealedLog, up_to: int = BEHIND_ALL) -> list[PublicKey]:
    """The keys of one log that are listed up to a position, the oldest first.

    They are information: an auditor trusts a key that was handed over another way.
    """
    keys = _state(connection, tenant, up_to)[0].keys
    return [PublicKey(origin_of(database, tenant, log), decoded(key)) for key, database in keys]


def listed_database(connection: Connection) -> UUID | None:
    """The id of this database in the origins of its checkpoints; None before a tenant's log lists a key."""
    for tenant in desk_tenants(connection):
        if keys := listed_keys(connection, tenant).keys:
            return keys[-1][1]
    return None


def usual_key(dsn: str, data: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where the key of a server lies. That of a new embedded server is made; a lost one is never replaced."""
    path = key_path(data, environ)
    if path is not None and not environ.get("DATABASE_URL") and not path.exists():
        with connect(dsn, ADMINISTRATION) as connection:
            listed = listed_database(connection)
        if listed is None:
            made_key(path)
    return path


def is_newest(connection: Connection, tenant: str, key: SealingKey) -> bool:
    """Whether the tenant's log lists this key as the newest."""
    return listed_keys(connection, tenant).keys[-1:] == ((key.public_text, key.database),)


def may_sign(connection: Connection, tenant: str, key: SealingKey) -> bool:
    """Whether a sealer may record the key: it takes the place of the newest, or the tenant has none."""
    keys = listed_keys(connection, tenant).keys
    if not keys:
        return True
    known = any(text == key.public_text for text, _ in keys)
    return not known and keys[-1] == (key.replaced, key.database)


def must_be_of_newest_key(connection: Connection, tenant: str, log: SealedLog, checkpoint: StoredCheckpoint) -> bool:
    """Whether a checkpoint was signed after the newest key was listed: its tree covers the event, or it is younger."""
    row = connection.execute(_SQL["newest key"].of(tenant), {"stream": SEALING}).fetchone()
    if row is None:
        return False
    position, listed_at = row
    return bool(checkpoint.size >= position) if log == "events" else bool(checkpoint.signed_at > listed_at)


def list_key(connection: Connection, tenant: str, key: SealingKey, by: Actor = SEALER) -> bool:
    """Records the key as the newest of the tenant, unless it is; says whether it was recorded.

    Any number of processes may call it at once.
    """
    while True:
        sealing, version = _state(connection, tenant)
        if sealing.keys and sealing.keys[-1] == (key.public_text, key.database):
            return False
        payload: SealingEvent = SealingKeyMade(public_key=key.public_text, database=key.database)
        if sealing.keys:
            payload = SealingKeyRotated(public_key=key.public_text, replaced=sealing.keys[-1][0], database=key.database)
        command_id = f"sealing-key/{new_id()}"
        if append_to_stream(connection, tenant, SEALING, version, [payload], by, command_id, clear=True):
            return True


def _state(connection: Connection, tenant: str, up_to: int = BEHIND_ALL) -> tuple[SealingKeys, int]:
    events = reader.stream(connection, tenant, SEALING, up_to)
    sealing = SealingKeys()
    for event in events:
        sealing = evolve(sealing, event.payload, event.occurred_at)
    return sealing, len(events)
