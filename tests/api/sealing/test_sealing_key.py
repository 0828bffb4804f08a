"""The key of the sealer: who reads it, how it is replaced, and when it signs nothing."""

import shutil
from pathlib import Path

import pytest
from psycopg import Connection

from api.sealing.key_events import list_key, listed_database, listed_keys, public_keys, usual_key
from api.sealing.key_file import SealingKeyRefused, made_key, read_key, rotated_key
from domain.checkpoint.note import Note
from tests.support.log import DEFAULT
from tests.support.sealing import all_checkpoints, record, sealer_of


def test_a_rotated_key_is_an_event_and_the_old_one_stays_listed(
    database_url: str, connection: Connection, key: Path
) -> None:
    sealer = sealer_of(database_url, key)
    record(connection, 1)
    sealer.catch_up(connection)
    first = read_key(key)
    second = rotated_key(key)
    record(connection, 1)
    sealer.catch_up(connection)
    assert [text for text, _ in listed_keys(connection, DEFAULT).keys] == [first.public_text, second.public_text]
    old, new = public_keys(connection, DEFAULT, "events")
    signed, rotated = all_checkpoints(connection)
    Note.of(signed.note).verify(old)
    Note.of(rotated.note).verify(new)
    assert old.name == new.name
    assert not list_key(connection, DEFAULT, second)
    topics = connection.execute("select topic from tenant_default.events order by position").fetchall()
    assert [topic for (topic,) in topics] == [
        "ticket.note_added", "sealing.key_made", "ticket.note_added", "sealing.key_rotated",
    ]  # fmt: skip


def test_the_key_is_in_no_table(database_url: str, connection: Connection, key: Path) -> None:
    record(connection, 1)
    sealer_of(database_url, key).catch_up(connection)
    secret = read_key(key).private.seed.hex()
    tables = connection.execute(
        "select relname from pg_class where relnamespace = 'tenant_default'::regnamespace and relkind = 'r'"
    ).fetchall()
    for (table,) in tables:
        for (row,) in connection.execute(f'select r::text from tenant_default."{table}" r'.encode()):
            assert secret not in row
            assert key.read_text("utf-8").split('"')[-2] not in row


def test_only_the_owner_reads_the_key(key: Path, tmp_path: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert made_key(key) == read_key(key)
    key.chmod(0o640)
    with pytest.raises(SealingKeyRefused, match="chmod 600"):
        read_key(key)
    with pytest.raises(SealingKeyRefused, match="seal --init"):
        read_key(tmp_path / "missing")
    other = tmp_path / "other"
    other.write_text("{}", "utf-8")
    with pytest.raises(SealingKeyRefused, match="holds no sealing key"):
        read_key(other)


def test_a_key_that_others_may_read_stops_signing(database_url: str, connection: Connection, key: Path) -> None:
    sealer = sealer_of(database_url, key)
    record(connection, 2)
    sealer.catch_up(connection)
    key.chmod(0o644)
    record(connection, 2)
    with pytest.raises(SealingKeyRefused, match="chmod 600"):
        sealer.catch_up(connection)


def test_a_second_key_that_replaces_none_signs_nothing(
    database_url: str, connection: Connection, key: Path, tmp_path: Path
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    other = tmp_path / "other_key"
    made_key(other)
    record(connection, 2)
    with pytest.raises(SealingKeyRefused, match="lists another sealing key"):
        sealer_of(database_url, other).catch_up(connection)
    assert len(listed_keys(connection, DEFAULT).keys) == 1


def test_a_replaced_key_signs_nothing_more(
    database_url: str, connection: Connection, key: Path, tmp_path: Path
) -> None:
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    copy = Path(shutil.copy(key, tmp_path / "copy"))
    rotated_key(key)
    record(connection, 2)
    sealer_of(database_url, key).catch_up(connection)
    record(connection, 2)
    with pytest.raises(SealingKeyRefused, match="lists another sealing key"):
        sealer_of(database_url, copy).catch_up(connection)


def test_a_lost_key_is_made_anew_only_on_demand_and_with_the_same_origin(
    database_url: str, connection: Connection, tmp_path: Path
) -> None:
    environ = {"TICKETLEDGER_DATA": str(tmp_path)}
    path = usual_key(database_url, tmp_path, environ)
    assert path is not None
    record(connection, 2)
    sealer_of(database_url, path).catch_up(connection)
    first = read_key(path)
    path.unlink()
    assert usual_key(database_url, tmp_path, environ) == path
    assert not path.exists()
    assert made_key(path, listed_database(connection)).database == first.database
