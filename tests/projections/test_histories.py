"""The histories that a follower keeps in memory are the log's, and no more of them than fit."""

from itertools import cycle
from uuid import UUID

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.ticket.events import NoteAdded
from projections.engine import stream_cache as histories
from projections.engine.stream import Stream
from projections.engine.stream_cache import BYTES_OF_AN_EVENT, StreamCache
from tests.support.events import at, history
from tests.support.log import append_events
from tests.support.tally import NOTE


@pytest.mark.parametrize("kept", [0, 3 * BYTES_OF_AN_EVENT, 10**9])
def test_the_histories_of_a_batch_are_those_of_the_log_however_few_are_kept(
    database_url: str, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "KEPT_BYTES", kept)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _, stream in zip(range(60), cycle(range(1, 8)), strict=False):
            append_events(connection, UUID(int=stream), NOTE)
        events = reader.page(connection, "default", 0, 60)
        known = StreamCache("default")
        for start in range(0, 60, 7):
            batch = events[start : start + 7]
            read = known.up_to(connection, batch)
            assert read == expected(events, batch)
            assert known.size <= kept


def test_of_more_histories_than_fit_the_one_used_least_recently_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = (UUID(int=number) for number in (1, 2, 3))
    order = (a, b, a, c, b, a)
    log = [
        event._replace(position=position)
        for position, (stream, version) in enumerate(((a, 1), (b, 1), (a, 2), (c, 1), (b, 2), (a, 3)), start=1)
        for event in history(*(at(minute, NOTE) for minute in range(version)), ticket=stream)[-1:]
    ]
    reads: list[UUID] = []

    def streams(_connection: object, _tenant: str, ids: list[UUID], up_to: int) -> dict[UUID, list[RecordedEvent]]:
        reads.extend(ids)
        return {
            stream: [event for event in log if event.stream == stream and event.position <= up_to] for stream in ids
        }

    monkeypatch.setattr(reader, "streams", streams)
    monkeypatch.setattr(histories, "KEPT_BYTES", 4 * BYTES_OF_AN_EVENT)  # three events with their texts
    known = StreamCache("default")
    for stream, event in zip(order, log, strict=True):
        read = known.up_to(None, [event])  # type: ignore[arg-type]  # nothing is read through it
        assert read[stream] == Stream(
            [each for each in log[: event.position] if each.stream == stream], event.version - 1
        )
    assert reads == [b, a]


def test_the_size_of_a_history_is_that_in_memory(database_url: str) -> None:
    text = "\U0001f600" * 16_000
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, UUID(int=1), NoteAdded(body=text))
        known = StreamCache("default")
        known.up_to(connection, reader.page(connection, "default", 0, 1))
    assert known.size >= 4 * len(text)


def expected(events: list[RecordedEvent], batch: list[RecordedEvent]) -> dict[object, object]:
    """Each stream of the batch up to its last event there, and how many of them are older than the batch."""
    seen = [event for event in events if event.position <= batch[-1].position]
    return {
        stream: Stream(
            [event for event in seen if event.stream == stream],
            len([event for event in seen if event.stream == stream and event.position < batch[0].position]),
        )
        for stream in {event.stream for event in batch}
    }
