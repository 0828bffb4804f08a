"""A rebuild gives what the follower gave, while writes go on; a comparison finds every difference."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from domain.event_log import reader as log_reader
from domain.event_log.tables import LOG, make_once
from projections.engine.rebuild import RebuildUnderWay, compare, rebuild
from projections.point_in_time.readings import as_it_was
from projections.point_in_time.table_locks import holds_live_rows
from tests.support.catching_up import catch_up
from tests.support.log import append_events
from tests.support.tally import EVENT_LIST, NOTE, positions, prepare, rows, tally
from tests.support.waiting_for_tables import until_it_gives_up, until_it_waits

A, B = UUID(int=1), UUID(int=2)
BOTH = (tally(), EVENT_LIST)


def follow(dsn: str) -> None:
    catch_up(dsn, "default", BOTH)


def test_a_rebuild_changes_nothing(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(5):
            append_events(connection, A, NOTE, NOTE)
            append_events(connection, B, NOTE)
    follow(database_url)
    before = [rows(database_url, "tally"), rows(database_url, "event_list")]
    assert rebuild(database_url, "default", BOTH) == 15
    assert [rows(database_url, "tally"), rows(database_url, "event_list")] == before
    assert all(comparison.same for comparison in compare(database_url, "default", BOTH))
    assert rebuild(database_url, "default", BOTH) == 15, "a second rebuild finds the ground clean"


def test_a_rebuilt_projection_goes_on_being_followed(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE)
        rebuild(database_url, "default", BOTH)
        append_events(connection, A, NOTE)
        follow(database_url)
    assert rows(database_url, "tally") == [(A, 2, 2)]


def test_a_rebuild_keeps_up_with_writes_that_go_on(database_url: str) -> None:
    prepare(database_url, *BOTH)
    stop = threading.Event()
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE)

        def write() -> None:
            while not stop.is_set():
                append_events(connection, A, NOTE)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(3):
                rebuild(database_url, "default", BOTH)
        finally:
            stop.set()
            writer.join()
    follow(database_url)
    assert all(comparison.same for comparison in compare(database_url, "default", BOTH))


def test_somebody_who_reads_for_long_holds_up_the_switch_and_nobody_else(database_url: str) -> None:
    prepare(database_url, *BOTH)
    switched = threading.Thread(target=rebuild, args=[database_url, "default", BOTH])
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE)
        follow(database_url)
        with psycopg.connect(database_url) as reader:
            reader.execute("select * from tenant_default.tally")
            switched.start()
            for _ in range(2):  # it gives up, and tries again
                until_it_waits(connection, switched)
                assert rows(database_url, "tally") == [(A, 1, 1)]
                until_it_gives_up(connection, switched)
            append_events(connection, A, NOTE)
            while rows(database_url, "tally") != [(A, 2, 2)]:  # a follower leaves out what a trial of the switch holds
                assert switched.is_alive()
                follow(database_url)
        switched.join()
    assert rows(database_url, "tally") == [(A, 2, 2)]


def test_a_reader_of_a_later_table_who_waits_for_an_earlier_one_is_not_made_to_fail(database_url: str) -> None:
    """A switch that held a table while it waited for another one would be in a deadlock with the reader."""
    prepare(database_url, *BOTH)
    switched = threading.Thread(target=rebuild, args=[database_url, "default", (EVENT_LIST, tally())])
    with psycopg.connect(database_url, autocommit=True) as connection:
        statement = sql.SQL("alter database {} set deadlock_timeout = '100ms'")
        connection.execute(statement.format(sql.Identifier(connection.info.dbname)))
        append_events(connection, A, NOTE)
        follow(database_url)
        with psycopg.connect(database_url) as reader:
            reader.execute("select from tenant_default.tally")
            switched.start()
            until_it_waits(connection, switched)
            assert reader.execute("select events from tenant_default.tally, tenant_default.event_list").fetchall()
        switched.join()
    assert positions(database_url)["tally"] == (1, None)


def test_a_comparison_finds_a_row_that_was_tampered_with(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, NOTE)
        follow(database_url)
        connection.execute("update tenant_default.tally set events = 3")
    comparisons = {comparison.table: comparison for comparison in compare(database_url, "default", BOTH)}
    assert (comparisons["tally"].only_live, comparisons["tally"].only_rebuilt) == (1, 1)
    assert comparisons["event_list"].same


def test_a_second_rebuild_at_the_same_time_is_refused(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtextextended('rebuild_of_default', 0))")
        with pytest.raises(RebuildUnderWay):
            rebuild(database_url, "default", BOTH)


def test_a_snapshot_from_before_a_switch_sees_no_live_rows(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        seen = []
        for switches in (False, True):
            reader.execute("select count(*) from tenant_default.events")
            if switches:
                rebuild(database_url, "default", BOTH)
            seen.append(holds_live_rows(reader, "default", BOTH, 0))
            reader.rollback()
        assert seen == [True, False]
        assert holds_live_rows(reader, "default", BOTH, 0)
        assert not holds_live_rows(reader, "default", BOTH, 1)
        assert not holds_live_rows(reader, "default", [replace(BOTH[0], version=99)], 0)


def test_an_abandoned_rebuild_leaves_the_live_tables_and_the_next_one_succeeds(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE)
        follow(database_url)
        connection.execute("create schema rebuild_of_default create table tally (half integer)")
    assert rows(database_url, "tally") == [(A, 1, 1)]
    assert rebuild(database_url, "default", BOTH) == 1
    assert positions(database_url)["tally"] == (1, None)


def test_no_tenant_is_in_the_way_of_another_ones_rebuild(database_url: str) -> None:
    prepare(database_url, *BOTH)
    with psycopg.connect(database_url, autocommit=True) as connection:
        make_once(connection, "default__rebuild", LOG)
        append_events(connection, A, NOTE)
        assert rebuild(database_url, "default", BOTH) == 1
        assert log_reader.head(connection, "default__rebuild") == 0


def test_a_reading_shows_what_was_known_and_what_had_happened(database_url: str) -> None:
    prepare(database_url, *BOTH)
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, A, NOTE, at=monday)
        late = append_events(connection, A, NOTE, at=monday - timedelta(days=1))
        append_events(connection, A, NOTE, at=monday + timedelta(days=1))

        def counted(known_at: datetime | None, as_of: datetime | None) -> int:
            with as_it_was(connection, "default", BOTH, known_at=known_at, as_of=as_of) as schema:
                row = connection.execute(f"select events from {schema}.tally").fetchone()
                return row[0] if row else 0

        follow(database_url)
        assert counted(None, None) == 3
        assert counted(late.recorded_at, None) == 2
        assert counted(late.recorded_at - timedelta(microseconds=1), None) == 1
        assert counted(None, monday) == 2
        assert counted(None, monday - timedelta(days=1)) == 1
        assert counted(late.recorded_at - timedelta(microseconds=1), monday - timedelta(days=1)) == 0
        assert counted(None, None) == 3
