"""A live subscription gets every event once, in order, whatever happens to its connection."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, LiteralString

import psycopg
import pytest
from eventsourcing.persistence import ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from domain.event_log.append import Batch, append
from domain.event_log.pyeventsourcing import LogFactory
from domain.event_log.pyeventsourcing.recorders import LogApplicationRecorder, LogNotification
from domain.event_log.pyeventsourcing.subscription import LogSubscription, SubscriptionSettings
from domain.ids import new_id

HANGS = 60
"""Seconds after which a test that waits is ended."""


def added(topic: str = "notes:Added") -> StoredEvent:
    return StoredEvent(new_id(), 1, topic, b"{}")


@pytest.fixture
def recorder(bank: LogFactory) -> LogApplicationRecorder:
    return bank.application_recorder()


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


def until(condition: Callable[[], object]) -> None:
    """Waits for what another thread or connection does."""
    deadline = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < deadline


SOMEBODY_WAITS = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


def test_commits_in_the_opposite_order_lose_nothing(
    recorder: LogApplicationRecorder, connection: Connection, thread: ThreadPoolExecutor
) -> None:
    """The first writer has its position and commits last: the second writer waits for it."""
    stream, late, last = new_id(), added(), added()
    with recorder.subscribe() as live:
        read = thread.submit(lambda: [(item.id, item.originator_id) for item in islice(live, 3)])
        with psycopg.connect(connection.info.dsn, autocommit=True) as slow, slow.transaction():
            batch = Batch({stream: 0}, ["c-1"], clear=True)
            batch.add_event(stream, 1, late.topic, "{}")
            batch.add_command("c-1", "call", stream, 1, 1)
            append(slow, "bank", batch)
            written = thread.submit(recorder.insert_events, [late])
            until(lambda: connection.execute(SOMEBODY_WAITS).fetchone())
            assert recorder.select_notifications(None, 9) == []
        assert written.result(HANGS) == [2]
        recorder.insert_events([last])
        assert read.result(HANGS) == [(1, stream), (2, late.originator_id), (3, last.originator_id)]


@pytest.fixture
def without_a_lock(database_url: str) -> Iterator[PostgresApplicationRecorder]:
    """The library's own recorder with its function in the database, which takes no lock."""
    parts = conninfo_to_dict(database_url)
    address = [str(parts.get(name) or "") for name in ("dbname", "host", "port", "user", "password")]
    with PostgresDatastore(*address, enable_db_functions=True, pool_size=1, max_overflow=9) as datastore:
        made = PostgresApplicationRecorder(datastore)
        made.create_table()
        yield made


def test_commits_in_the_opposite_order_lose_an_event_without_the_lock(
    without_a_lock: PostgresApplicationRecorder,
) -> None:
    """The negative control of the test above: a reader goes on after the last event it has, as a subscription does."""

    def read(start: int | None) -> list[int]:
        return [item.id for item in without_a_lock.select_notifications(start, 9)]

    early, late, last = added(), added(), added()
    with without_a_lock.datastore.transaction(commit=True) as slow:
        made = without_a_lock.construct_pg_stored_event(early.originator_id, 1, early.topic, early.state)
        slow.execute(without_a_lock.sql_invoke_pg_function_insert_events, ([made],))
        assert without_a_lock.insert_events([late]) == [2]
        assert read(None) == [2]
    without_a_lock.insert_events([last])
    assert read(3) == [3]  # the event at 1 is passed over
    assert read(None) == [1, 2, 3]


def test_a_waiting_subscription_is_notified(recorder: LogApplicationRecorder, thread: ThreadPoolExecutor) -> None:
    recorder.subscription_settings = SubscriptionSettings(glances=10**9)  # it does not look by itself
    with recorder.subscribe() as live:
        for position in (1, 2):
            read = thread.submit(next, live)
            recorder.insert_events([added()])
            assert read.result(HANGS).id == position


def test_a_subscription_finds_by_itself_what_it_was_not_notified_of(
    recorder: LogApplicationRecorder, connection: Connection, thread: ThreadPoolExecutor
) -> None:
    with recorder.subscribe() as live:
        read = thread.submit(next, live)
        until(lambda: subscribers(connection, "wait_event = 'ClientRead'"))
        with connection.transaction():
            connection.execute("update tenant_bank.log_head set position = 1, recorded_at = now()")
            connection.execute(
                "insert into tenant_bank.events (position, stream, version, topic, recorded_at, state)"
                " values (1, gen_random_uuid(), 1, 'notes:Added', now(), '{}')"
            )
        assert read.result(HANGS).id == 1


def listening(connection: Connection) -> int:
    """The process that serves the connection of a subscription that waits."""
    until(lambda: subscribers(connection))
    (served,) = subscribers(connection)
    return served


def subscribers(connection: Connection, which: LiteralString = "true") -> list[int]:
    """The processes that serve subscriptions: their connections alone read the head of the log."""
    reading_the_head = (
        "select pid from pg_stat_activity"
        " where datname = current_database() and query like 'select position from %log_head%' and "
    )
    return [pid for (pid,) in connection.execute(reading_the_head + which).fetchall()]


def test_a_subscription_survives_a_lost_connection(
    recorder: LogApplicationRecorder, connection: Connection, thread: ThreadPoolExecutor
) -> None:
    with recorder.subscribe() as live:
        recorder.insert_events([added()])
        assert next(live).id == 1
        for position in (2, 3):
            read = thread.submit(next, live)
            connection.execute("select pg_terminate_backend(%s, 20000)", [listening(connection)])
            recorder.insert_events([added()])
            assert read.result(HANGS).id == position


def test_a_subscription_waits_for_a_database_that_is_away(
    recorder: LogApplicationRecorder,
    connection: Connection,
    server: str,
    thread: ThreadPoolExecutor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = sql.Identifier(connection.info.dbname)
    with recorder.subscribe() as live, psycopg.connect(server, autocommit=True) as administrator:
        read = thread.submit(next, live)
        served = listening(connection)
        administrator.execute(sql.SQL("alter database {} with allow_connections false").format(database))
        administrator.execute("select pg_terminate_backend(%s, 20000)", [served])
        until(lambda: caplog.text.count("lost the database") > 2)
        administrator.execute(sql.SQL("alter database {} with allow_connections true").format(database))
        recorder.insert_events([added()])
        assert read.result(HANGS).id == 1


def test_a_log_that_is_gone_ends_the_subscription(recorder: LogApplicationRecorder, connection: Connection) -> None:
    with recorder.subscribe() as live:
        connection.execute("drop schema tenant_bank cascade")
        with pytest.raises(ProgrammingError):
            next(live)


def test_any_thread_stops_a_subscription_that_waits(
    recorder: LogApplicationRecorder, connection: Connection, thread: ThreadPoolExecutor
) -> None:
    live = recorder.subscribe()
    read = thread.submit(list, live)
    listening(connection)
    live.stop()
    assert read.result(HANGS) == []
    until(lambda: not subscribers(connection))


def leave(live: LogSubscription) -> None:
    with live:
        pass


def stop(live: LogSubscription) -> None:
    live.stop()
    assert list(live) == []


@pytest.mark.parametrize("end", [leave, stop])
def test_a_subscription_that_ended_keeps_no_connection(
    recorder: LogApplicationRecorder, connection: Connection, end: Callable[[LogSubscription], None]
) -> None:
    recorder.insert_events([added()])
    live = recorder.subscribe()
    next(live)
    served = "select 1 from pg_stat_activity where pid = %s"
    process = [live._listener.connection().info.backend_pid]
    assert connection.execute(served, process).fetchone()
    end(live)
    until(lambda: not connection.execute(served, process).fetchone())


@pytest.mark.parametrize("page", [1, 2, 3, 500])
def test_a_subscription_reads_page_by_page_after_its_position(
    recorder: LogApplicationRecorder, thread: ThreadPoolExecutor, page: int
) -> None:
    recorder.subscription_settings = SubscriptionSettings(page=page)
    for _ in range(7):
        recorder.insert_events([added()])
    with recorder.subscribe(gt=2) as live:
        read = thread.submit(list, islice(live, 5))
        assert [item.id for item in read.result(HANGS)] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("page", [1, 2, 500])
def test_a_subscription_to_rare_topics_does_not_read_the_others_again(
    recorder: LogApplicationRecorder, thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    read_after: list[int] = []
    notifications = recorder.notifications

    def noted(connection: Connection, after: int, *others: Any) -> list[LogNotification]:
        read_after.append(after)
        return notifications(connection, after, *others)

    monkeypatch.setattr(recorder, "notifications", noted)
    recorder.subscription_settings = SubscriptionSettings(page=page)
    for topic in ("notes:Added", "notes:Read", "notes:Added", "notes:Read"):
        recorder.insert_events([added(topic)])
    with recorder.subscribe(topics=["notes:Added"]) as live:
        first = thread.submit(list, islice(live, 2))
        assert [item.id for item in first.result(HANGS)] == [1, 3]
        read = thread.submit(next, live)
        recorder.insert_events([added("notes:Read"), added("notes:Added")])
        assert read.result(HANGS).id == 6
    assert read_after == sorted(set(read_after))
