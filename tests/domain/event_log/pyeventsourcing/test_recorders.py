"""What is recorded through the library's recorders is recorded once, whole, and as it was."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
    Tracking,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from domain.event_log import reader
from domain.event_log.append import Appended, Batch
from domain.event_log.pyeventsourcing import LogFactory, LogTrackingRecorder
from domain.event_log.pyeventsourcing.recorders import LogApplicationRecorder, LogNotification, LogProcessRecorder
from domain.event_log.pyeventsourcing.stored_state import state_of, text_of
from domain.ids import new_id
from tests.support.examples import examples

STATES = st.binary() | st.text().map(str.encode) | st.sampled_from([b"", b"base64:", b"\0", b"a\x1eb", b"{}"])


def stored(stream: UUID, *versions: int, topic: str = "notes:Added", state: bytes = b"{}") -> list[StoredEvent]:
    return [StoredEvent(stream, version, topic, state) for version in versions]


def lose_every_connection(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 20000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@given(STATES)
def test_every_state_has_a_text_that_the_log_can_hold(state: bytes) -> None:
    text = text_of(state)
    assert text
    assert "\0" not in text
    assert "\x1e" not in text
    assert state_of(text) == state


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=1, max_size=5))
def test_states_come_back_from_the_log_and_from_beside_it(bank: LogFactory, states: list[bytes]) -> None:
    stream = new_id()
    events = [StoredEvent(stream, version, "notes:Added", state) for version, state in enumerate(states, start=1)]
    for recorder in (bank.application_recorder(), bank.aggregate_recorder("snapshots")):
        recorder.insert_events(events)
        assert recorder.select_events(stream) == events


def test_a_state_that_is_a_text_is_stored_as_it_is() -> None:
    assert text_of('{"body":"Chào chị"}'.encode()) == '{"body":"Chào chị"}'


def test_a_command_id_is_recorded_at_most_once(bank: LogFactory) -> None:
    recorder = bank.application_recorder()
    assert recorder.insert_events(stored(new_id(), 1), command_id="c-9") == [1]
    with pytest.raises(IntegrityError, match="c-9 is recorded already"):
        recorder.insert_events(stored(new_id(), 1), command_id="c-9")
    assert recorder.max_notification_id() == 1


def test_a_stream_that_has_moved_on_leaves_the_others_alone_too(bank: LogFactory) -> None:
    recorder = bank.application_recorder()
    moved, other = new_id(), new_id()
    recorder.insert_events(stored(moved, 1, 2))
    with pytest.raises(IntegrityError, match=str(moved)):
        recorder.insert_events([*stored(other, 1), *stored(moved, 2)])
    assert recorder.select_events(other) == []
    assert recorder.max_notification_id() == 2


@pytest.mark.parametrize(
    ("events", "error", "sentence"),
    [
        (stored(UUID(int=1), 1, 3), IntegrityError, "one more than the one before"),
        (stored(UUID(int=1), 2), IntegrityError, "load it again"),
        (stored(UUID(int=1), 0), ProgrammingError, "begins with version 1"),
        ([StoredEvent("lan", 1, "notes:Added", b"{}")], ProgrammingError, "names its streams by UUIDs"),
        (stored(UUID(int=1), 1, topic="notes:A, B"), ProgrammingError, "white space"),
        (stored(UUID(int=1), 1, topic="NULL"), ProgrammingError, "'NULL'"),
    ],
)
def test_events_that_no_log_can_hold_are_refused_with_a_reason(
    bank: LogFactory, events: list[StoredEvent], error: type[Exception], sentence: str
) -> None:
    recorder = bank.application_recorder()
    with pytest.raises(error, match=sentence):
        recorder.insert_events(events)
    assert recorder.max_notification_id() is None


def test_a_notification_says_when_the_database_took_the_event(bank: LogFactory, database_url: str) -> None:
    recorder = bank.application_recorder()
    recorder.insert_events(stored(new_id(), 1))
    (notification,) = recorder.select_notifications(1, 1)
    assert isinstance(notification, LogNotification)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select recorded_at from tenant_bank.events").fetchone() == (
            notification.recorded_at,
        )


def test_lost_connections_are_replaced(bank: LogFactory, database_url: str) -> None:
    recorder = bank.application_recorder()
    assert recorder.insert_events(stored(new_id(), 1)) == [1]
    lose_every_connection(database_url)
    assert recorder.insert_events(stored(new_id(), 1)) == [2]
    lose_every_connection(database_url)
    assert recorder.max_notification_id() == 2


def test_connections_that_are_lost_together_are_replaced_together(bank: LogFactory, database_url: str) -> None:
    recorder = bank.application_recorder()
    together = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda _: bank.database.run(lambda _: together.wait(60)), range(4)))) == 4
    lose_every_connection(database_url)
    attempts: list[Connection] = []

    def head(connection: Connection) -> int:
        attempts.append(connection)
        return reader.head(connection, "bank")

    assert bank.database.run(head) == (recorder.max_notification_id() or 0)
    assert len(attempts) == 2


class Unlucky(LogProcessRecorder):
    """Loses its first connection when everything is committed, before it has the answer."""

    lost = False

    def _append(self, connection: Connection, batch: Batch, kwargs: Mapping[str, Any]) -> Appended:
        appended = super()._append(connection, batch, kwargs)
        if not self.lost:
            self.lost = True
            connection.close()
            raise psycopg.OperationalError("the connection is lost")
        return appended


@pytest.mark.parametrize("tracking", [None, Tracking("shop", 7)])
@pytest.mark.parametrize("command_id", [None, "c-1"])
def test_a_lost_answer_is_found_again(bank: LogFactory, tracking: Tracking | None, command_id: str | None) -> None:
    bank.process_recorder().insert_events(stored(new_id(), 1))
    recorder = Unlucky(bank.database, "bank")
    stream = new_id()
    assert recorder.insert_events(stored(stream, 1, 2), tracking=tracking, command_id=command_id) == [2, 3]
    assert recorder.lost
    assert recorder.max_notification_id() == 3
    assert recorder.max_tracking_id("shop") == (tracking and 7)


def test_what_is_recorded_of_another_command_is_no_answer_of_ours(bank: LogFactory) -> None:
    """The negative control of the test above: the same command id, another call."""
    bank.process_recorder().insert_events(stored(new_id(), 1), command_id="c-1")
    with pytest.raises(IntegrityError):
        Unlucky(bank.database, "bank").insert_events(stored(new_id(), 1), command_id="c-1")


def test_a_database_that_does_not_come_back_is_the_library_s_operational_error(bank: LogFactory) -> None:
    bank.database.patience = 0.0

    def lose(_: Connection) -> None:
        raise psycopg.OperationalError("gone")

    with pytest.raises(OperationalError, match="gone"):
        bank.database.run(lose)


def test_a_closed_application_says_so(bank: LogFactory) -> None:
    recorder = bank.application_recorder()
    bank.close()
    with pytest.raises(OperationalError, match="closed"):
        recorder.max_notification_id()


def test_events_and_their_tracking_are_recorded_together_or_not_at_all(bank: LogFactory) -> None:
    recorder = bank.process_recorder()
    stream = new_id()
    recorder.insert_events(stored(stream, 1), tracking=Tracking("shop", 5))
    with pytest.raises(IntegrityError, match="tracked up to 5"):
        recorder.insert_events(stored(stream, 2), tracking=Tracking("shop", 5))
    with pytest.raises(IntegrityError, match=str(stream)):
        recorder.insert_events(stored(stream, 1), tracking=Tracking("shop", 6))
    assert recorder.max_notification_id() == 1
    assert recorder.max_tracking_id("shop") == 5


def counting(recorder: LogTrackingRecorder) -> Callable[[Connection], object]:
    table = f"{recorder.database.tenant}_counted"
    recorder.database.run(lambda connection: connection.execute(f"create table if not exists {table} (n integer)"))
    return lambda connection: connection.execute(f"insert into {table} values (1)")


def counted(recorder: LogTrackingRecorder) -> int:
    table = f"{recorder.database.tenant}_counted"
    return len(recorder.database.run(lambda connection: connection.execute(f"select from {table}").fetchall()))


def test_a_view_changes_with_its_position_or_not_at_all(bank: LogFactory) -> None:
    recorder = bank.tracking_recorder()
    count = counting(recorder)

    def fail(connection: Connection) -> None:
        count(connection)
        raise ZeroDivisionError

    recorder.insert_tracking(Tracking("shop", 1), count)
    with pytest.raises(IntegrityError):
        recorder.insert_tracking(Tracking("shop", 1), count)
    with pytest.raises(ZeroDivisionError):
        recorder.insert_tracking(Tracking("shop", 2), fail)
    assert (counted(recorder), recorder.max_tracking_id("shop")) == (1, 1)


def test_a_view_survives_a_lost_connection(bank: LogFactory) -> None:
    recorder = bank.tracking_recorder()
    count = counting(recorder)
    attempts: list[int] = []

    def lose_once(connection: Connection) -> None:
        count(connection)
        attempts.append(1)
        if len(attempts) == 1:
            connection.execute("select pg_terminate_backend(pg_backend_pid())")

    recorder.insert_tracking(Tracking("shop", 1), lose_once)
    assert len(attempts) == 2
    assert (counted(recorder), recorder.max_tracking_id("shop")) == (1, 1)


def test_each_tracker_and_each_application_has_its_own_position(bank: LogFactory) -> None:
    first, second = LogTrackingRecorder(bank.database, "one"), LogTrackingRecorder(bank.database, "other")
    bank.tracking_recorder()
    first.insert_tracking(Tracking("shop", 3))
    second.insert_tracking(Tracking("shop", 2))
    first.insert_tracking(Tracking("store", 1))
    assert [first.max_tracking_id("shop"), second.max_tracking_id("shop")] == [3, 2]
    assert [first.max_tracking_id("store"), second.max_tracking_id("store")] == [1, None]


def test_positions_have_no_hole_after_refusals(bank: LogFactory) -> None:
    recorder: LogApplicationRecorder = bank.application_recorder()
    stream = new_id()
    for _ in range(3):
        assert recorder.insert_events(stored(new_id(), 1))
        with pytest.raises(IntegrityError):
            recorder.insert_events(stored(stream, 5))
    assert [notification.id for notification in recorder.select_notifications(None, 9)] == [1, 2, 3]
