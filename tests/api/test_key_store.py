"""The key store: wrapping, the stock of fresh keys, other processes, a lost store, another key-encryption key."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.key_store import store as key_store_module
from api.key_store.rewrap import rewrap
from api.key_store.setup import KEY_FILE, URL, KeyStoreAddress, configured, make
from api.key_store.store import PostgresKeyStore
from api.key_store.wrapping import new_keys, read_keys
from domain.event_log.database_connections import ADMINISTRATION, Purpose, connect
from domain.personal_data.data_keys import DataKey, Gone, KeysUnavailable, keys_in_use, using
from tests.support.key_stores import encrypt, key_store, key_store_address
from tests.support.serving import make_key, serving

STREAMS = [UUID(int=number) for number in range(1, 101)]


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[KeyStoreAddress]:
    """The address of a new key store."""
    with key_store_address(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def store(address: KeyStoreAddress) -> Iterator[PostgresKeyStore]:
    """A key store as one process uses it."""
    with closing(address.store()) as store:
        yield store


def asked(address: KeyStoreAddress, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address.url, autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def test_a_stream_keeps_its_key_and_another_process_reads_with_it(
    address: KeyStoreAddress, store: PostgresKeyStore
) -> None:
    key = store.key_for("acme", STREAMS[0], None)
    assert store.key_for("acme", STREAMS[0], None) is key
    assert store.key_for("acme", STREAMS[0], UUID(int=7)).id != key.id
    with closing(address.store()) as other:
        ciphertext = key.cipher.encrypt(b"0" * 12, b"Lan", None)
        (stored,) = other.keys([key.id]).values()
        assert isinstance(stored, DataKey)
        assert stored.cipher.decrypt(b"0" * 12, ciphertext, None) == b"Lan"
        assert other.key_for("acme", STREAMS[0], None).id != key.id
    assert key.id in {key_id for (key_id,) in asked(address, "select key_id from ticketledger_keys.keys")}


def test_a_fresh_key_from_before_a_restore_is_not_used(address: KeyStoreAddress, store: PostgresKeyStore) -> None:
    store.key_for("acme", STREAMS[0], None)
    asked(address, "delete from ticketledger_keys.keys returning key_id")
    store.destroy([])  # the epoch of the store is another one
    key = store.key_for("acme", STREAMS[1], None)
    assert key.id in {key_id for (key_id,) in asked(address, "select key_id from ticketledger_keys.keys")}


def test_fresh_keys_are_made_in_few_statements(address: KeyStoreAddress, store: PostgresKeyStore) -> None:
    keys = {store.key_for("acme", stream, None).id for stream in STREAMS}
    assert len(keys) == len(STREAMS)
    batches = asked(address, "select count(distinct made_at), count(*) from ticketledger_keys.keys")
    assert batches[0][0] <= 5
    assert batches[0][1] <= 2 * key_store_module.LARGEST_STOCK


def test_no_key_stands_in_the_database_in_clear(address: KeyStoreAddress, store: PostgresKeyStore) -> None:
    store.key_for("acme", STREAMS[0], None)
    store.blind_key("acme")
    kek = read_keys(address.key_file)
    for key_id, wrapped in asked(address, "select key_id, wrapped from ticketledger_keys.keys"):
        assert kek.unwrap(wrapped, key_id.bytes) not in wrapped
        with pytest.raises(KeysUnavailable, match="altered"):
            kek.unwrap(wrapped, STREAMS[0].bytes)
        with pytest.raises(KeysUnavailable, match="does not hold"):
            new_keys().unwrap(wrapped, key_id.bytes)


def test_a_destroyed_key_is_gone_for_each_process_within_a_second(
    address: KeyStoreAddress, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, kept = store.key_for("acme", STREAMS[0], None), store.key_for("acme", STREAMS[1], None)
    monkeypatch.setattr(key_store_module, "EPOCH_SECONDS", 0.0)
    with closing(address.store()) as other:
        assert other.keys([key.id, kept.id]).keys() == {key.id, kept.id}
        epoch = store.epoch()
        destroyed = store.destroy([key.id])
        assert store.destroy([key.id]) == destroyed
        assert store.epoch() > epoch
        assert other.keys([key.id, kept.id])[key.id] is Gone.DESTROYED
        assert store.keys([key.id, kept.id])[key.id] is Gone.DESTROYED
        assert [each.id for each in store.keys([key.id, kept.id]).values() if isinstance(each, DataKey)] == [kept.id]
    assert store.key_for("acme", STREAMS[0], None).id != key.id
    rows = asked(address, f"select wrapped, destroyed_at is null from ticketledger_keys.keys where key_id = '{key.id}'")
    assert rows == [(None, False)]


def test_many_keys_are_loaded_by_one_statement(
    address: KeyStoreAddress, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [store.key_for("acme", stream, None).id for stream in STREAMS]
    monkeypatch.setattr(key_store_module, "EPOCH_SECONDS", 3_600.0)
    executed: list[object] = []
    execute = psycopg.Connection.execute

    def noted(connection: psycopg.Connection, *arguments: Any, **options: Any) -> psycopg.Cursor:
        if current_thread() is main_thread():  # others put new keys in stock
            executed.append(arguments)
        return execute(connection, *arguments, **options)

    with closing(address.store()) as other:
        monkeypatch.setattr(psycopg.Connection, "execute", noted)
        assert other.keys(keys).keys() == set(keys)
        assert other.keys(keys).keys() == set(keys)
        assert len(executed) == 3, "the role, the epoch and the keys, each once"


_OTHERS = "datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"


def test_without_its_database_a_key_store_says_so_and_comes_back(
    address: KeyStoreAddress, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.key_for("acme", STREAMS[0], None)
    monkeypatch.setattr("api.key_store.database.PAUSE", 0.0)
    monkeypatch.setattr(key_store_module, "EPOCH_SECONDS", 0.0)
    ended = asked(address, f"select pg_terminate_backend(pid, 60000) from pg_stat_activity where {_OTHERS}")
    assert set(ended) == {(True,)}
    with monkeypatch.context() as broken:
        broken.setattr(psycopg, "connect", _refuse)
        with pytest.raises(KeysUnavailable, match="does not answer"):
            store.key_for("acme", STREAMS[0], None)
    assert store.key_for("acme", STREAMS[0], None)


def _refuse(*_: object, **__: object) -> None:
    raise psycopg.OperationalError("refused")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_a_forked_process_shares_no_fresh_key_with_its_parent(store: PostgresKeyStore) -> None:
    store.key_for("acme", STREAMS[0], None)
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        names = "".join(store.key_for("acme", stream, None).name for stream in STREAMS[:20])
        os.write(sender, names.encode())
        os._exit(0)
    os.waitpid(child, 0)
    text = os.read(receiver, 10_000).decode()
    os.close(receiver)
    os.close(sender)
    of_child = {text[first : first + 32] for first in range(0, len(text), 32)}
    of_parent = {store.key_for("acme", stream, None).name for stream in STREAMS[:20]}
    assert len(of_child) == 20
    assert of_child.isdisjoint(of_parent)


def test_another_key_encryption_key_serves_at_once_and_makes_old_copies_useless(
    address: KeyStoreAddress, store: PostgresKeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.key_store.rewrap.AT_ONCE", 7)
    before = [store.key_for("acme", stream, None) for stream in STREAMS]
    blind = store.blind_key("acme")
    copies = asked(address, "select key_id, wrapped from ticketledger_keys.keys")
    old = tmp_path / "old"
    shutil.copy(address.key_file, old)
    assert rewrap(address) >= len(copies) + 1
    with closing(address.store()) as other:
        assert other.keys([key.id for key in before]).keys() == {key.id for key in before}
        assert other.blind_key("acme") == blind
        assert store.key_for("other", STREAMS[0], None).id in other.keys([store.key_for("other", STREAMS[0], None).id])
    key_id, wrapped = copies[0]
    assert len(read_keys(old).unwrap(wrapped, key_id.bytes)) == 32
    with pytest.raises(KeysUnavailable, match="does not hold"):
        read_keys(address.key_file).unwrap(wrapped, key_id.bytes)


def test_programs_go_on_when_a_replacement_of_the_key_encryption_key_was_killed_at_its_first_step(
    address: KeyStoreAddress, store: PostgresKeyStore
) -> None:
    key = store.key_for("acme", STREAMS[0], None)
    read_keys(address.key_file).with_new().save(address.key_file)
    with closing(address.store()) as other:
        other.key_for("acme", STREAMS[1], None)
        assert other.keys([key.id])[key.id] is not None
    rewrap(address)
    with closing(address.store()) as other:
        assert other.keys([key.id])[key.id] is not None
        other.key_for("acme", STREAMS[2], None)
    new_keys().save(address.key_file)
    with closing(address.store()) as other, pytest.raises(KeysUnavailable, match="`keystore rewrap`"):
        other.key_for("acme", STREAMS[3], None)


def test_a_key_that_the_store_does_not_hold_is_not_taken_for_a_destroyed_one(store: PostgresKeyStore) -> None:
    held, gone = store.key_for("acme", STREAMS[0], None), UUID(int=7)
    store.destroy([held.id])
    with using(store):
        assert keys_in_use([held.id]) == {held.id: Gone.DESTROYED}
        with pytest.raises(KeysUnavailable, match="does not hold 1 keys that events name"):
            keys_in_use([held.id, gone])
    assert store.missing([held.id, gone]) == [gone]


def test_the_keys_of_certificates_are_destroyed_again_in_a_restored_store(
    address: KeyStoreAddress, store: PostgresKeyStore
) -> None:
    alive, made_later = store.key_for("acme", STREAMS[0], None).id, UUID(int=7)
    assert store.living([alive, made_later]) == 1
    for _ in range(2):
        store.destroy_again("acme", {alive: "a", made_later: "b"})
    assert store.living([alive, made_later]) == 0
    assert store.keys([alive, made_later]) == {alive: Gone.DESTROYED, made_later: Gone.DESTROYED}
    rows = asked(address, "select count(*) from ticketledger_keys.keys where wrapped is null and destroyed_at is null")
    assert rows == [(0,)]


def test_the_removal_of_old_rows_has_as_much_time_as_it_takes(
    address: KeyStoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    purposes: list[Purpose] = []

    def noted(url: str, purpose: Purpose) -> psycopg.Connection:
        purposes.append(purpose)
        return connect(url, purpose)

    monkeypatch.setattr("api.key_store.database.connect", noted)
    with closing(address.store()) as store:
        store.destroy([store.key_for("acme", STREAMS[0], None).id])
    assert [purpose.statement for purpose in purposes] == [ADMINISTRATION.statement]
    assert not ADMINISTRATION.statement


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    new_keys().save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        read_keys(path)
    path.chmod(0o600)
    path.write_text("short\n")
    with pytest.raises(KeysUnavailable, match="other text than keys"):
        read_keys(path)


def test_a_lost_key_file_is_not_made_anew(address: KeyStoreAddress) -> None:
    address.key_file.unlink()
    make(address)
    assert not address.key_file.exists()


def test_half_of_the_environment_is_refused(tmp_path: Path) -> None:
    assert configured({}) is None
    assert configured({URL: "postgresql:///keys", KEY_FILE: str(tmp_path)}) is not None
    with pytest.raises(KeysUnavailable, match="set both"):
        configured({URL: "postgresql:///keys"})


def test_the_desk_is_not_ready_while_the_key_store_does_not_answer_and_says_what_is_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.key_store.store.EPOCH_SECONDS", 0.0)
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, "default", store)
        with serving(database_url, key=make_key(database_url), readiness_seconds=0) as desk:
            assert desk.get("/readyz").json()["reasons"] == []
            store.close()
            answer = desk.get("/readyz")
            assert (answer.status_code, answer.json()["reasons"]) == (503, ["keys_unavailable"])
            refused = desk.post("/v1/customers", {"name": "An"})
            assert (refused.status_code, refused.json()["title"]) == (503, "Not available at the moment")
            assert refused.json()["detail"].startswith("the key store does not answer")
