"""What encryption needs of a key store, and the key stores that this process uses."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple, Protocol, Self
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import OperationalError

from domain.errors import LedgerError
from domain.personal_data.declaration import ERASED, LOST


class DataKey(NamedTuple):
    """A key of 256 bits that encrypts. ``name`` is its id in the key store in 32 hexadecimal digits."""

    id: UUID
    name: str
    cipher: AESGCM

    @classmethod
    def of(cls, key_id: UUID, key: bytes) -> Self:
        """The key with these bytes."""
        return cls(key_id, key_id.hex, AESGCM(key))


class Gone(StrEnum):
    """Why a key does not exist any more: the word that texts read as that it encrypted."""

    DESTROYED = ERASED
    RECORDED_LOST = LOST


class KeysUnavailable(LedgerError, OperationalError):  # noqa: N818 -- names the state of things
    """The data keys of a tenant cannot be had: there is no key store here, or it does not answer.

    Workers treat it as the loss of a database, which the key store is, and try again.
    """

    kind = "unavailable"


class KeyStore(Protocol):
    """The data keys of tenants, in another database than the log. Threads may share it."""

    @property
    def is_made(self) -> bool:
        """Whether its key file is there. The key store of a data folder is made with its first encrypted tenant."""

    @property
    def id(self) -> UUID:
        """Names the store: a tenant's keys are in one store."""

    def key_for(self, tenant: str, stream: UUID, person: UUID | None) -> DataKey:
        """The key for new events of a stream and a person; None where the stream has one. Raises KeysUnavailable."""

    def keys(self, key_ids: Collection[UUID]) -> Mapping[UUID, DataKey | Gone]:
        """Those of some keys that the store has. Raises KeysUnavailable."""

    def blind_key(self, tenant: str) -> bytes:
        """The key of a tenant for hashes of personal values, made at the first call. Raises KeysUnavailable."""


_IN_USE: list[KeyStore] = []
_FIX = (
    "bring its key file back, which is key_encryption_key in a data folder and else the one that TICKETLEDGER_KEY_FILE"
    " names, beside TICKETLEDGER_KEYS_URL; if it is lost, see docs/how-to/encrypt.md"
)


@contextmanager
def using(store: KeyStore) -> Iterator[None]:
    """Lets this process encrypt and open with a key store."""
    _IN_USE.append(store)
    try:
        yield
    finally:
        _IN_USE.remove(store)


def stores_in_use() -> tuple[KeyStore, ...]:
    """The key stores of this process, for a child process."""
    return tuple(_IN_USE)


def use(stores: Iterable[KeyStore]) -> None:
    """Lets a child process encrypt and open with the key stores of its parent, until it ends."""
    _IN_USE.extend(stores)


def store_of(store_id: UUID) -> KeyStore:
    """The key store of an id. Raises KeysUnavailable."""
    stores = _made()
    for store in stores:
        if store.id == store_id:
            return store
    if not stores:
        why = f"the tenant's personal data is encrypted and its key store cannot be used here: {_FIX}"
        raise KeysUnavailable(why)
    raise KeysUnavailable(
        f"the log names the key store {store_id}, and this program uses {stores[0].id}: bring the first one back, or,"
        " if it is lost, let another person confirm what one person reports: keystore report-loss, then keystore"
        f" confirm-loss, both with --new-store {stores[0].id} (docs/how-to/encrypt.md)"
    )


def keys_in_use(key_ids: Collection[UUID]) -> Mapping[UUID, DataKey | Gone]:
    """Some keys from the key stores of this process.

    Raises KeysUnavailable also for a key that no store has: taken for destroyed, a person would read as erased.
    """
    stores = _made()
    if not stores:
        raise KeysUnavailable(f"the log holds encrypted personal data and no key store can be used here: {_FIX}")
    keys = dict(stores[0].keys(key_ids))
    for store in stores[1:]:
        keys |= store.keys([key_id for key_id in key_ids if key_id not in keys])
    if missing := [key_id for key_id in key_ids if key_id not in keys]:
        raise KeysUnavailable(missing_keys_text(missing))
    return keys


def missing_keys_text(missing: Collection[UUID]) -> str:
    """The sentence about keys that a key store does not hold. It names the first one in order."""
    return (
        f"the key store does not hold {len(missing)} keys that events name, such as {min(missing)}:"
        " it is another store or an older copy; restore its newest backup, or record the loss if there is none"
        " (docs/how-to/encrypt.md)"
    )


def _made() -> list[KeyStore]:
    """The key stores that are there, the one that came last first."""
    return [store for store in reversed(_IN_USE) if store.is_made]
