"""The key store that a process uses: keys in memory, a stock of fresh ones, and their destruction."""

import hashlib
import os
import secrets
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakSet

from psycopg import Connection

from api.key_store.database import SQL, KeyDatabase, owners_connection
from api.key_store.process_keys import FreshKeys, KeyInUse
from api.key_store.wrapping import KEY_BYTES, KeyEncryptionKeys, read_keys
from domain.ids import new_id
from domain.personal_data.data_keys import DataKey, Gone, KeysUnavailable

KEPT_KEYS = 50_000
"""Keys in memory, and as many streams whose key is remembered."""
LARGEST_STOCK = 512
"""Fresh keys of a tenant that a process makes ahead at most."""
EPOCH_SECONDS = 1.0
"""A destroyed key may be used by a process that holds it for so long."""


class Destroyed(NamedTuple):
    """A key that does not exist any more; the fingerprint is a hash of it, which its holder could have checked."""

    key_id: UUID
    fingerprint: str


class PostgresKeyStore:
    """A key store of a process. Threads may share it; a forked process begins with empty hands."""

    def __init__(self, url: str, key_file: Path) -> None:
        """Connects and reads the file when it is used first."""
        self.url = url
        self.key_file = key_file
        self._id: UUID | None = None
        self._begin()
        _STORES.add(self)

    def __reduce__(self) -> tuple[type["PostgresKeyStore"], tuple[str, Path]]:
        """A child process gets the address, and no keys."""
        return PostgresKeyStore, (self.url, self.key_file)

    @property
    def is_made(self) -> bool:
        """Whether its key file is there."""
        return self._id is not None or self.key_file.exists()

    @property
    def id(self) -> UUID:
        """Names the store. Raises KeysUnavailable."""
        if self._id is None:
            self._id, _, _ = self._database.do(_store_of)
        return self._id

    def key_for(self, tenant: str, stream: UUID, person: UUID | None) -> DataKey:
        """The key for new events of a stream and a person; a fresh one when this process has none."""
        self._check_epoch()
        owner = tenant, stream.int, None if person is None else person.int  # the hash of a UUID is slow
        in_use = self._in_use.get(owner)
        if in_use is not None and in_use.left > 0:
            in_use.left -= 1  # threads may lose a count: the bound is far below what is safe
            return in_use.key
        fresh = self._fresh(tenant)
        with self._lock:
            self._in_use[owner] = KeyInUse(fresh)
            if len(self._in_use) > KEPT_KEYS:
                self._in_use.popitem(last=False)
            self._keep(fresh)
        return fresh

    def keys(self, key_ids: Collection[UUID]) -> Mapping[UUID, DataKey | Gone]:
        """Those of some keys that the store has.

        One statement reads those that are not in memory.
        """
        self._check_epoch()
        with self._lock:
            known: dict[UUID, DataKey | Gone] = {key: self._keys[key] for key in key_ids if key in self._keys}
            epoch = self._epoch
        missing = [key_id for key_id in key_ids if key_id not in known]
        if missing:
            loaded = {
                key: self._unwrapped(key, wrapped) if wrapped else Gone.RECORDED_LOST if is_lost else Gone.DESTROYED
                for key, wrapped, is_lost in self._load(missing)
            }
            known |= loaded
            with self._lock:
                for key in loaded.values():
                    if isinstance(key, DataKey) and epoch == self._epoch:
                        self._keep(key)
        return known

    def blind_key(self, tenant: str) -> bytes:
        """The key of a tenant for hashes of personal values, made at the first call."""
        binding = tenant.encode()

        def find_or_add(connection: Connection) -> bytes:
            statement, parameters = SQL["blind key"].filled(), {"tenant": tenant}
            row = connection.execute(statement, parameters).fetchone()
            if row is None:
                with connection.transaction():
                    keys = self._wrapping_keys(connection)
                    added = {"tenant": tenant, "wrapped": keys.wrap(secrets.token_bytes(KEY_BYTES), binding)}
                    connection.execute(SQL["add blind key"].filled(), added)
                row = connection.execute(statement, parameters).fetchone()
            return bytes((row or ())[0])

        return self._unwrap(self._database.do(find_or_add), binding)

    def destroy(self, key_ids: Collection[UUID]) -> list[Destroyed]:
        """Destroys keys for good; can be repeated. Every process forgets them within EPOCH_SECONDS.

        A key that the store does not hold is not among the destroyed ones. Raises KeysUnavailable.
        """
        parameters = {"key_ids": list(key_ids)}
        self._destroy(SQL["destroy"].filled(), parameters)
        return self._database.do(
            lambda connection: [
                Destroyed(*row) for row in connection.execute(SQL["fingerprints"].filled(), parameters).fetchall()
            ]
        )

    def destroy_again(self, tenant: str, destroyed: Mapping[UUID, str]) -> None:
        """Destroys the keys of certificates, given with their fingerprints. Raises KeysUnavailable.

        A key that was made after the backup which the store was restored from is noted as destroyed.
        """
        key_ids, fingerprints = list(destroyed), list(destroyed.values())
        self._destroy(
            SQL["destroy again"].filled(), {"tenant": tenant, "key_ids": key_ids, "fingerprints": fingerprints}
        )

    def living(self, key_ids: Collection[UUID]) -> int:
        """How many of some keys are not destroyed."""
        statement, parameters = SQL["living"].filled(), {"key_ids": list(key_ids)}
        return int(self._database.do(lambda each: each.execute(statement, parameters).fetchone() or (0,))[0])

    def missing(self, key_ids: Collection[UUID]) -> list[UUID]:
        """Those of some keys that the store does not hold, neither alive nor destroyed."""
        statement, parameters = SQL["missing"].filled(), {"key_ids": list(key_ids)}
        return self._database.do(
            lambda connection: [key_id for (key_id,) in connection.execute(statement, parameters).fetchall()]
        )

    def destroyed(self, key_ids: Collection[UUID]) -> list[UUID]:
        """Those of some keys that are destroyed."""
        parameters = {"key_ids": list(key_ids)}
        return self._database.do(
            lambda each: [key_id for (key_id,) in each.execute(SQL["destroyed"].filled(), parameters).fetchall()]
        )

    def note_lost(self, tenant: str, key_ids: Collection[UUID]) -> None:
        """Notes keys as lost that the store does not hold; every process forgets them. Can be repeated.

        Raises KeysUnavailable.
        """
        parameters = {"tenant": tenant, "key_ids": list(key_ids)}

        def note(connection: Connection) -> None:
            with connection.transaction():
                connection.execute(SQL["note lost"].filled(), parameters)
                connection.execute(SQL["next epoch"].filled())

        self._database.do(note)

    def lost(self, tenant: str) -> int:
        """How many keys of a tenant are noted as lost."""
        statement, parameters = SQL["lost"].filled(), {"tenant": tenant}
        return int(self._database.do(lambda each: each.execute(statement, parameters).fetchone() or (0,))[0])

    def epoch(self) -> int:
        """How many destructions there were."""
        return self._database.do(_store_of)[1]

    def close(self) -> None:
        """Closes the connection for good."""
        self._database.close()

    def _destroy(self, statement: Any, parameters: dict[str, Any]) -> None:
        """Overwrites keys and removes the old versions of their rows, which takes as long as the table is large."""
        with owners_connection(self.url) as connection:
            with connection.transaction():
                connection.execute(statement, parameters)
                connection.execute(SQL["next epoch"].filled())
            connection.execute("vacuum ticketledger_keys.keys")
        self._check_epoch(at_once=True)

    def _begin(self) -> None:
        self._kek: KeyEncryptionKeys | None = None
        self._epoch = -1
        self._database = KeyDatabase(self.url)
        self._lock = Lock()
        self._keys: OrderedDict[UUID, DataKey] = OrderedDict()
        self._in_use: OrderedDict[tuple[str, int, int | None], KeyInUse] = OrderedDict()
        self._stocks: dict[str, FreshKeys] = {}
        self._checked_at = -EPOCH_SECONDS

    def _check_epoch(self, *, at_once: bool = False) -> None:
        """Forgets all keys when some were destroyed, and fresh ones too: a restored store does not hold them.

        It asks once a second. Raises KeysUnavailable.
        """
        if not at_once and monotonic() - self._checked_at < EPOCH_SECONDS:
            return
        started_at = monotonic()
        _, epoch, _ = self._database.do(_store_of)
        with self._lock:
            if epoch != self._epoch:
                self._keys.clear()
                self._in_use.clear()
                self._stocks.clear()
                self._epoch = epoch
            self._checked_at = started_at

    def _fresh(self, tenant: str) -> DataKey:
        """A key that nothing was encrypted with."""
        stock = self._stocks.get(tenant)
        if stock is None:
            with self._lock:
                stock = self._stocks.setdefault(tenant, FreshKeys())
        while True:
            try:
                key = stock.keys.popleft()
            except IndexError:
                with stock.lock:
                    if not stock.keys:
                        self._fill(tenant, stock)
            else:
                if len(stock.keys) < stock.size // 2 and not stock.lock.locked():
                    Thread(target=self._fill_ahead, args=(tenant, stock), name="fresh data keys", daemon=True).start()
                return key

    def _fill_ahead(self, tenant: str, stock: FreshKeys) -> None:
        if stock.lock.acquire(blocking=False):
            try:
                self._fill(tenant, stock)
            except KeysUnavailable:
                return  # whoever needs a key says so
            finally:
                stock.lock.release()

    def _fill(self, tenant: str, stock: FreshKeys) -> None:
        """Makes more keys. They are safe on disk before they are used."""
        stock.size = min(stock.size * 2, LARGEST_STOCK)
        fresh = [(new_id(), secrets.token_bytes(KEY_BYTES)) for _ in range(stock.size)]

        def add(connection: Connection) -> None:
            with connection.transaction():
                keys = self._wrapping_keys(connection)
                parameters = {
                    "tenant": tenant,
                    "key_ids": _array(key_id.hex for key_id, _ in fresh),
                    "wrapped": _array(keys.wrap(key, key_id.bytes).hex() for key_id, key in fresh),
                    "fingerprints": _array(hashlib.sha256(key).hexdigest() for _, key in fresh),
                }
                connection.execute(SQL["add"].filled(), parameters)

        self._database.do(add)
        stock.keys.extend(DataKey.of(key_id, key) for key_id, key in fresh)

    def _load(self, key_ids: Sequence[UUID]) -> list[tuple[UUID, bytes | None, bool]]:
        parameters = {"key_ids": key_ids}
        return self._database.do(
            lambda connection: connection.execute(SQL["load"].filled(), parameters, binary=True).fetchall()
        )

    def _wrapping_keys(self, connection: Connection) -> KeyEncryptionKeys:
        """The key-encryption keys, to wrap under the one that the store names until the transaction ends.

        It may stand anywhere in the file: a `keystore rewrap` that was killed leaves a new key before it.
        """
        (name,) = connection.execute(SQL["wrapped under"].filled()).fetchone() or ("",)
        if self._kek is None or self._kek.name.hex() != name:
            self._kek = read_keys(self.key_file).wrapping_under(bytes.fromhex(name))
        return self._kek

    def _unwrapped(self, key_id: UUID, wrapped: bytes) -> DataKey:
        return DataKey.of(key_id, self._unwrap(wrapped, key_id.bytes))

    def _unwrap(self, wrapped: bytes, binding: bytes) -> bytes:
        if self._kek is None or not self._kek.holds(wrapped):
            self._kek = read_keys(self.key_file)
        return self._kek.unwrap(wrapped, binding)

    def _keep(self, key: DataKey) -> None:
        self._keys[key.id] = key
        if len(self._keys) > KEPT_KEYS:
            self._keys.popitem(last=False)


def _array(digits: Iterable[str]) -> str:
    """The text of an array of hexadecimal digits, which need no quoting."""
    return f"{{{','.join(digits)}}}"


def _store_of(connection: Connection) -> tuple[UUID, int, str]:
    row = connection.execute(SQL["store"].filled()).fetchone()
    if row is None:
        raise KeysUnavailable("the key store has no tables: make them with `migrate`")
    return row[0], row[1], row[2]


_STORES: "WeakSet[PostgresKeyStore]" = WeakSet()


def _begin_again() -> None:
    """A forked process shares no connection, and no stock of fresh keys, with its parent."""
    for store in _STORES:
        store._begin()  # noqa: SLF001 -- in the same module


os.register_at_fork(after_in_child=_begin_again)
