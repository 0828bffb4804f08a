"""The library's own classes work on our log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from eventsourcing.application import LocalNotificationLog
from eventsourcing.persistence import EventStore, IntegrityError
from psycopg_pool import ConnectionPool

from domain.event_log import reading
from domain.event_log.envelope import RecordedEvent
from domain.event_log.recorder import LedgerNotification, LedgerRecorder
from domain.identity import new_id
from domain.ticket.events import NoteAdded, WorkStarted
from tests.support.events import new_event
from tests.support.log import TENANT


@pytest.fixture
def recorder(log_url: str) -> Iterator[LedgerRecorder]:
    with ConnectionPool[Any](log_url, min_size=1, max_size=2, open=True) as pool:
        yield LedgerRecorder(pool, TENANT)


@pytest.fixture
def store(recorder: LedgerRecorder) -> EventStore[Any]:
    return EventStore(reading.MAPPER, recorder)


def notes(count: int, stream: Any = None, after: int = 0) -> list[Any]:
    stream = stream or new_id()
    return [new_event(NoteAdded(body=f"n{after + n}"), stream, after + n) for n in range(1, count + 1)]


def versions(events: Any) -> list[int]:
    return [event.originator_version for event in events]


def test_what_the_library_s_event_store_puts_it_gets_back(store: EventStore[Any], log_url: str) -> None:
    events = notes(4)
    assert [recording.notification.id for recording in store.put(events)] == [1, 2, 3, 4]
    found = [event for event in store.get(events[0].stream) if isinstance(event, RecordedEvent)]
    assert [(event.version, event.payload, event.envelope.event_id) for event in found] == [
        (event.version, event.payload, event.envelope.event_id) for event in events
    ]
    with psycopg.connect(log_url) as connection:
        assert reading.page(connection, TENANT, 0, 9) == found


def test_a_part_of_a_stream_is_got_from_either_end(store: EventStore[Any]) -> None:
    events = notes(5)
    store.put(events)
    stream = events[0].stream
    assert versions(store.get(stream, gt=1, lte=4)) == [2, 3, 4]
    assert versions(store.get(stream, desc=True, limit=2)) == [5, 4]
    assert versions(store.get(stream, gt=2, limit=1)) == [3]
    assert versions(store.get(stream, lte=0)) == []
    assert versions(store.get(new_id())) == []


def test_a_stream_that_has_moved_on_is_an_integrity_error(store: EventStore[Any], recorder: LedgerRecorder) -> None:
    events = notes(2)
    store.put(events)
    other = notes(1)
    with pytest.raises(IntegrityError, match=str(events[0].stream)):
        store.put([*other, *notes(1, events[0].stream, after=1)])
    assert recorder.max_notification_id() == 2


def test_a_known_command_id_is_an_integrity_error(store: EventStore[Any], recorder: LedgerRecorder) -> None:
    store.put(notes(1), command_id="c-9")
    with pytest.raises(IntegrityError, match="c-9"):
        store.put(notes(1), command_id="c-9")
    assert recorder.max_notification_id() == 1


def test_the_library_s_notification_log_reads_ours_in_order(store: EventStore[Any], recorder: LedgerRecorder) -> None:
    assert recorder.max_notification_id() is None
    assert store.put([]) == []
    store.put(notes(3))
    store.put([new_event(WorkStarted())])
    store.put(notes(3))
    log = LocalNotificationLog(recorder, section_size=10)
    assert [item.id for item in log["1,4"].items] == [1, 2, 3, 4]
    assert log["1,4"].next_id == "5,8"
    assert [item.id for item in log["5,8"].items] == [5, 6, 7]
    assert log["5,8"].next_id is None
    assert [item.id for item in log.select(start=6, limit=4)] == [6, 7]
    assert [item.id for item in log.select(start=None, limit=2)] == [1, 2]
    assert [item.id for item in log.select(start=2, limit=9, inclusive_of_start=False)] == [3, 4, 5, 6, 7]
    assert [item.id for item in log.select(start=2, limit=9, stop=4)] == [2, 3, 4]
    assert [item.id for item in log.select(start=1, limit=9, topics=["ticket.work_started"])] == [4]


def test_a_notification_says_when_the_database_took_it(store: EventStore[Any], recorder: LedgerRecorder) -> None:
    before = datetime.now(UTC)
    store.put(notes(1))
    (notification,) = recorder.select_notifications(1, 1)
    assert isinstance(notification, LedgerNotification)
    assert abs((notification.recorded_at - before).total_seconds()) < 60
    assert reading.MAPPER.to_domain_event(notification).recorded_at == notification.recorded_at


def test_the_library_s_subscription_is_not_offered(recorder: LedgerRecorder) -> None:
    with pytest.raises(NotImplementedError):
        recorder.subscribe()
