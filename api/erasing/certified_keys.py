"""The keys that certificates of erasures name, and the data keys that the log names, compared with the key store."""

from uuid import UUID

from psycopg import Connection

from api.erasing.persons_streams import SQL
from api.key_store.store import PostgresKeyStore
from domain.personal_data.encrypted import key_of

NEWEST = 10_000
"""Events whose keys are looked up. An older copy of a key store lacks the newest keys, another store lacks all."""


def certified_keys(connection: Connection, tenant: str) -> dict[UUID, str]:
    """The fingerprints of all keys that erasures have destroyed."""
    rows = connection.execute(SQL["certified keys"].of(tenant)).fetchall()
    return {UUID(key_id): fingerprint for key_id, fingerprint in rows}


def problems_of_keys(connection: Connection, tenant: str, store: PostgresKeyStore) -> list[str]:
    """What is wrong with the keys of a tenant, each with its fix. Raises KeysUnavailable."""
    problems = []
    rows = connection.execute(SQL["newest encrypted"].of(tenant), {"limit": NEWEST}).fetchall()
    keys = [key_id for (state,) in rows if (key_id := key_of(state)) is not None]
    missing = set(store.missing(set(keys)))
    if count := sum(key_id in missing for key_id in keys):
        problems.append(
            f"{count} events name keys that the store does not hold: it is another store or an older copy;"
            " restore its newest backup"
        )
    if living := store.living(certified_keys(connection, tenant).keys()):
        problems.append(f"{living} keys of certified erasures are alive: `erasure run --again` destroys them again")
    return problems
