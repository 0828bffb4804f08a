"""`erasure run --rewrite` leaves no erased value in the write-ahead log of an embedded server."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from api.database import database
from api.erasing import write_ahead_log
from api.erasing.write_ahead_log import remove_write_ahead_log
from tests.support.run_databases import reachable_folder

WORD = b"canary in the write-ahead log"


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    """A connection to a server of its own, whose log holds the word in files of before, of now and for later."""
    folder = reachable_folder("ticketledger-wal-")
    with database(folder, {}) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(3):
            connection.execute("select pg_logical_emit_message(false, 'test', %s)", [WORD.decode()])
            connection.execute("select pg_switch_wal()")
            connection.execute("checkpoint")  # renames old files for later use
        connection.execute("select pg_logical_emit_message(true, 'test', %s)", [WORD.decode()])
        yield connection
    shutil.rmtree(folder)


def holding(connection: psycopg.Connection) -> list[str]:
    """The files of the log that hold the word."""
    ((folder,),) = connection.execute("select current_setting('data_directory')").fetchall()
    return [file.name for file in Path(folder, "pg_wal").iterdir() if file.is_file() and WORD in file.read_bytes()]


def current(connection: psycopg.Connection) -> str:
    ((name,),) = connection.execute("select pg_walfile_name(pg_current_wal_insert_lsn())").fetchall()
    return str(name)


def test_no_file_holds_what_was_written_before(server: psycopg.Connection) -> None:
    before = holding(server)
    assert before, "the control"
    assert max(before) > current(server), "a file for later use holds the word"
    assert remove_write_ahead_log(server)
    assert holding(server) == []
    changed = "select count(*) from pg_file_settings where name = 'wal_recycle'"
    assert server.execute(changed).fetchone() == (0,), "files are recycled again"


def test_a_file_that_a_replica_needs_is_said_to_stay(
    server: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.execute("select pg_create_physical_replication_slot('replica', true)")
    monkeypatch.setattr(write_ahead_log, "PATIENCE", 0.0)
    assert not remove_write_ahead_log(server)
    assert holding(server)


def test_who_waits_for_a_replica_begins_few_files(server: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    time = SimpleNamespace(monotonic=lambda: sum(waits), sleep=waits.append)
    monkeypatch.setattr(write_ahead_log, "time", time)
    monkeypatch.setattr(write_ahead_log, "_removed", lambda _: len(waits) > 50)
    assert not remove_write_ahead_log(server), "each attempt begins a file"
    assert sum(waits) > write_ahead_log.PATIENCE
