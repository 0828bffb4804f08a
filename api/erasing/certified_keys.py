"""The keys that certificates of erasures name, and the data keys that the log names, compared with the key store."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from psycopg import Connection

from api.key_store.store import PostgresKeyStore
from domain.event_log.sql_files import sql_file
from domain.personal_data.encrypted import key_id_of

_SQL = sql_file("api.erasing", "erasing.sql")
NEWEST = 10_000
"""Events whose keys are looked up. An older copy of a key store lacks the newest keys, another store lacks all."""

NAMED = 5
"""Streams that are named."""


def certified_keys(connection: Connection, tenant: str) -> dict[UUID, str]:
    """The fingerprints of all keys that erasures have destroyed."""
    rows = connection.execute(_SQL["certified keys"].of(tenant)).fetchall()
    return {UUID(key_id): fingerprint for key_id, fingerprint in rows}


def problems_of_keys(connection: Connection, tenant: str, store: PostgresKeyStore) -> list[str]:
    """What is wrong with the keys of a tenant, each with its fix. Raises KeysUnavailable."""
    problems = []
    rows = connection.execute(_SQL["newest encrypted"].of(tenant), {"limit": NEWEST}).fetchall()
    named = [(stream, key_id) for stream, state in rows if (key_id := key_id_of(state)) is not None]
    missing = set(store.missing({key_id for _, key_id in named}))
    if unread := [stream for stream, key_id in named if key_id in missing]:
        problems.append(
            f"{len(unread)} events name keys that the store does not hold, in {_some(unread)}:"
            " it is another store or an older copy;"
            " restore its newest backup, or record the loss if there is none: `keystore report-loss`"
        )
    certified = certified_keys(connection, tenant)
    gone = set(store.destroyed({key_id for _, key_id in named})) - certified.keys()
    if erased := [stream for stream, key_id in named if key_id in gone]:
        problems.append(
            f"{len(erased)} events read as erased and no erasure names their keys, in {_some(erased)}: finish a run"
            " that was killed (`erasure run`); else somebody destroyed them in the key store: restore its newest backup"
        )
    if living := store.living(certified.keys()):
        problems.append(f"{living} keys of certified erasures are alive: `erasure run --again` destroys them again")
    return problems


def _some(events: Sequence[UUID]) -> str:
    """The number of the streams of some events, and the first of them."""
    streams = dict.fromkeys(events)
    first = ", ".join(map(str, islice(streams, NAMED)))
    return f"{len(streams)} streams ({first}{', ...' if len(streams) > NAMED else ''})"
