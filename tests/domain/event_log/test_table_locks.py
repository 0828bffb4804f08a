"""Whoever changes tables waits for their readers in turns: nobody queues behind for long, and it is said who reads."""

import logging
import threading

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.event_log import table_locks
from domain.event_log.schema import schema_of
from domain.event_log.table_locks import TablesHeld, hold
from domain.event_log.tables import make_once
from tests.support.log import TENANT
from tests.support.waiting_for_tables import until_it_waits

READ = f"select count(*) from {schema_of(TENANT)}.worker_positions"
CHANGE = {"a column of a test": "alter table {schema}.worker_positions add column tested integer"}


@pytest.fixture
def reader_url(log_url: str) -> str:
    """The conninfo of a reporting tool."""
    return make_conninfo(log_url, application_name="metabase")


def change(url: str) -> list[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        return make_once(connection, TENANT, CHANGE)


def test_whoever_holds_a_table_for_too_long_is_named(
    log_url: str, reader_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(table_locks, "OTHERS_TURN", 0.0)
    monkeypatch.setattr(table_locks, "LONGEST_WAIT_MS", 1)
    with psycopg.connect(reader_url) as reader:
        reader.execute(READ)
        holder = f"process {reader.info.backend_pid} (metabase), for "
        with pytest.raises(TablesHeld) as refused:
            change(log_url)
    assert holder in str(refused.value)
    lines = [record for record in caplog.records if record.name == table_locks.__name__]
    assert {record.levelno for record in lines} == {logging.WARNING}
    assert len(lines) == table_locks.MOST_ATTEMPTS / table_locks.SAID_EVERY
    assert all(holder in record.getMessage() for record in lines)
    assert change(log_url) == list(CHANGE)


def test_who_comes_behind_a_change_that_waits_is_served(log_url: str, reader_url: str) -> None:
    """Without turns the change would wait in front of them for as long as the reader reads."""
    changed = threading.Thread(target=change, args=[log_url])
    with (
        psycopg.connect(log_url, autocommit=True) as watching,
        psycopg.connect(make_conninfo(log_url, options="-c statement_timeout=60s"), autocommit=True) as other,
    ):
        with psycopg.connect(reader_url) as reader:
            reader.execute(READ)
            changed.start()
            for _ in range(2):
                until_it_waits(watching, changed)
                other.execute(READ)
        changed.join()
        assert other.execute(f"select tested from {schema_of(TENANT)}.worker_positions").fetchall() == []


def locked(table: str) -> sql.Composed:
    statement = sql.SQL("lock table {} in access exclusive mode")
    return statement.format(sql.Identifier(schema_of(TENANT), table))


BOTH = [locked("commands"), locked("worker_positions")]
PATIENT = "-c deadlock_timeout=20s"


def test_a_reader_of_a_later_table_that_waits_for_an_earlier_one_is_not_made_to_fail(log_url: str) -> None:
    """Whoever waited on for the later one would be in a deadlock with the reader, which is who finds it."""
    given_up = threading.Event()

    def attempt() -> None:
        with psycopg.connect(make_conninfo(log_url, options="-c deadlock_timeout=200ms")) as connection:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                hold(connection, BOTH)
            given_up.set()

    holding = threading.Thread(target=attempt)
    with (
        psycopg.connect(log_url, autocommit=True) as watching,
        psycopg.connect(make_conninfo(log_url, options=PATIENT)) as reader,
    ):
        reader.execute(READ)
        holding.start()
        until_it_waits(watching, holding)
        assert reader.execute(f"select count(*) from {schema_of(TENANT)}.commands").fetchone() is not None
        holding.join()
        assert given_up.is_set()


def test_what_is_held_is_held_until_the_transaction_ends_and_what_is_not_is_free(log_url: str) -> None:
    with psycopg.connect(log_url) as connection, psycopg.connect(log_url) as reader:
        hold(connection, [])
        hold(connection, BOTH)
        reader.execute("set lock_timeout = 1")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            reader.execute(READ)
        reader.rollback()
        connection.rollback()
        reader.execute(READ)
        with connection.transaction():
            connection.execute("set deadlock_timeout = 1")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                hold(connection, BOTH)
            with psycopg.connect(log_url, options="-c lock_timeout=1") as other:
                other.execute(f"select from {schema_of(TENANT)}.commands")
