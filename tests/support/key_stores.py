"""Key stores of tests: each in an empty database of the test's server."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.key_store.setup import KeyStoreAddress, make
from api.key_store.store import PostgresKeyStore
from benchmarks.databases import empty_database
from domain.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log import reader
from domain.personal_data.data_keys import DataKey, Gone, using


@contextmanager
def key_store_address(url: str, folder: Path) -> Iterator[KeyStoreAddress]:
    """The address of a new key store beside the database of ``url``."""
    with empty_database(url) as other:
        address = KeyStoreAddress(other, folder / "key_encryption_key")
        make(address)
        yield address


@contextmanager
def key_store(url: str, folder: Path) -> Iterator[PostgresKeyStore]:
    """A new key store beside the database of ``url``, which this process uses within the block."""
    with key_store_address(url, folder) as address, closing(address.store()) as store, using(store):
        yield store


def encrypt(url: str, tenant: str, store: PostgresKeyStore) -> None:
    """Begins the encryption of a tenant."""
    with psycopg.connect(url, autocommit=True) as connection:
        reader.begin_encryption(connection, tenant, store.id)


class MemoryKeyStore:
    """A key store without a database; ``destroyed`` are the keys that it does not give any more."""

    is_made = True

    def __init__(self) -> None:
        self.id = uuid4()
        self.destroyed: set[UUID] = set()
        self.held: dict[UUID, DataKey] = {}
        self._of: dict[tuple[str, UUID, UUID | None], DataKey] = {}

    def key_for(self, tenant: str, stream: UUID, person: UUID | None) -> DataKey:
        """The key of a place, made at its first use."""
        owner = tenant, stream, person
        if owner not in self._of:
            key = DataKey.of(uuid4(), AESGCM.generate_key(256))
            self._of[owner] = self.held[key.id] = key
        return self._of[owner]

    def keys(self, key_ids: Collection[UUID]) -> dict[UUID, DataKey | Gone]:
        """Those that are held."""
        held = self.held.keys() & set(key_ids)
        return {key_id: Gone.DESTROYED if key_id in self.destroyed else self.held[key_id] for key_id in held}

    def blind_key(self, tenant: str) -> bytes:
        """The same key at each call."""
        return tenant.encode().ljust(32)


def rows_of(events: Sequence[RecordedEvent], encode: Callable[[NewEvent], str]) -> list[tuple[Any, ...]]:
    """The rows of the log for some events, as ``encode`` stores them."""
    return [
        (*event[:5], encode(NewEvent(event.stream, event.version, plain(event), event.payload))) for event in events
    ]


def plain(event: RecordedEvent) -> Envelope:
    """The envelope of an event; one that was read holds the payload too."""
    return Envelope(**{name: getattr(event.envelope, name) for name in Envelope.model_fields})
