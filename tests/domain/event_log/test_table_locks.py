"""Whoever changes tables waits for their readers in turns: nobody queues behind for long, and it is said who reads."""

import logging
import threading

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.event_log import table_locks
from domain.event_log.schema import schema_of
from domain.event_log.table_locks import TablesHeld
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
