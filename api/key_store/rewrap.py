"""Replacing the key-encryption key: all keys of the store are wrapped under a new one, and the old one goes."""

from collections.abc import Callable

from psycopg import Connection

from api.key_store.database import SQL, owners_connection
from api.key_store.setup import KeyStoreAddress
from api.key_store.wrapping import KeyEncryptionKeys, read_keys
from domain.event_log.advisory_locks import KEY_STORE_LOCK

AT_ONCE = 1_000
"""Keys in one transaction."""


def rewrap(address: KeyStoreAddress, progress: Callable[[int], None] = lambda _: None) -> int:
    """Wraps every key under a new key-encryption key; returns how many. Can be repeated after a crash.

    Programs may work meanwhile: the key file holds both keys until the last wrapping is replaced. Copies of the
    database, and old versions of rows in its files, cannot be opened once the old key-encryption key is gone
    everywhere. Raises KeysUnavailable.
    """
    with owners_connection(address.url) as connection, KEY_STORE_LOCK.held(connection):
        keys = read_keys(address.key_file).with_new()
        keys.save(address.key_file)
        connection.execute(SQL["wrap under"].filled(), {"wrapped_under": keys.name.hex()})
        done = _rewrap_blind_keys(connection, keys)
        while count := _rewrap_some(connection, keys):
            done += count
            progress(done)
        connection.execute("vacuum ticketledger_keys.keys, ticketledger_keys.blind_keys")
        keys.newest_alone().save(address.key_file)
        return done


def _rewrap_some(connection: Connection, keys: KeyEncryptionKeys) -> int:
    parameters = {"name": keys.name, "limit": AT_ONCE}
    rows = connection.execute(SQL["wrapped under others"].filled(), parameters, binary=True).fetchall()
    renewed = {
        "key_ids": [key_id for key_id, _ in rows],
        "wrapped": [keys.wrap(keys.unwrap(wrapped, key_id.bytes), key_id.bytes) for key_id, wrapped in rows],
    }
    connection.execute(SQL["rewrap"].filled(), renewed)
    return len(rows)


def _rewrap_blind_keys(connection: Connection, keys: KeyEncryptionKeys) -> int:
    rows = connection.execute(SQL["blind keys"].filled(), binary=True).fetchall()
    for tenant, wrapped in rows:
        renewed = keys.wrap(keys.unwrap(wrapped, tenant.encode()), tenant.encode())
        connection.execute(SQL["rewrap blind key"].filled(), {"tenant": tenant, "wrapped": renewed})
    return len(rows)
