"""Key stores of tests: each in an empty database of the test's server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from api.key_store.setup import KeyStoreAddress, make
from api.key_store.store import PostgresKeyStore
from domain.event_log import reader
from domain.personal_data.data_keys import using
from benchmarks.databases import empty_database


@contextmanager
def key_store(url: str, folder: Path) -> Iterator[PostgresKeyStore]:
    """A new key store beside the database of ``url``, which this process uses within the block."""
    with empty_database(url) as other:
        address = KeyStoreAddress(other, folder / "key_encryption_key")
        make(address)
        with closing(address.store()) as store, using(store):
            yield store


def encrypt(url: str, tenant: str, store: PostgresKeyStore) -> None:
    """Begins the encryption of a tenant."""
    with psycopg.connect(url, autocommit=True) as connection:
        reader.begin_encryption(connection, tenant, store.id)
