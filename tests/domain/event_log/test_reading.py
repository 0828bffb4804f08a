"""The log is read by position, by stream, and as it stood at an instant."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.codec import UnreadableEvent
from domain.ids import new_id
from tests.support.log import TENANT, append, batch, rows


def test_a_page_holds_what_follows_a_position(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        assert reader.page(connection, TENANT, 0, 10) == []
        append(connection, batch((new_id(), 0, 5)))
        assert [event.position for event in reader.page(connection, TENANT, 1, 3)] == [2, 3, 4]
        assert [event.position for event in reader.page(connection, TENANT, 4, 3)] == [5]
        assert reader.page(connection, TENANT, 5, 3) == []


def test_streams_are_read_as_they_were_when_the_log_stood_at_a_position(log_url: str) -> None:
    first, second, none = new_id(), new_id(), new_id()
    with psycopg.connect(log_url, autocommit=True) as connection:
        append(connection, batch((first, 0, 2), (second, 0, 1)))
        append(connection, batch((first, 2, 1)))
        histories = reader.streams(connection, TENANT, [first, second, none], up_to=4)
        assert {stream: [event.version for event in events] for stream, events in histories.items()} == {
            first: [1, 2, 3],
            second: [1],
        }
        assert [event.position for event in reader.streams(connection, TENANT, [first], up_to=3)[first]] == [1, 2]


@pytest.mark.parametrize("part", [1, 2, 3, 100])
def test_a_stream_is_read_in_parts(log_url: str, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(reader, "PART", part)
    read, other = new_id(), new_id()
    with psycopg.connect(log_url, autocommit=True) as connection:
        append(connection, batch((read, 0, 2), (other, 0, 1)))
        append(connection, batch((read, 2, 1)))
        for up_to, versions in ((4, [1, 2, 3]), (3, [1, 2]), (0, [])):
            parts = list(reader.stream_in_parts(connection, TENANT, read, up_to))
            assert ([event.version for event in parts], {event.stream for event in parts} <= {read}) == (versions, True)


def test_a_single_stream_is_never_whole_in_the_memory_of_the_driver(
    log_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PART", 2)
    decoded: list[int] = []

    def spied(tenant: str, rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
        decoded.append(len(rows))
        return decode_rows(tenant, rows)

    decode_rows = reader.decode_rows
    monkeypatch.setattr(reader, "decode_rows", spied)
    read = new_id()
    with psycopg.connect(log_url, autocommit=True) as connection:
        append(connection, batch((read, 0, 3)))
        assert [event.version for event in reader.streams(connection, TENANT, {read}, up_to=3)[read]] == [1, 2, 3]
        assert decoded == [2, 1]
        assert reader.streams(connection, TENANT, [new_id()], up_to=3) == {}


def test_a_position_is_found_by_the_instant_it_was_known_at(log_url: str) -> None:
    tick = timedelta(microseconds=1)
    with psycopg.connect(log_url, autocommit=True) as connection:
        assert reader.position_at(connection, TENANT, rows(connection, "select now()")[0][0]) == 0
        for size in (1, 3, 2):
            append(connection, batch((new_id(), 0, size)))
        at = {event.recorded_at: event.position for event in reader.page(connection, TENANT, 0, 9)}
        assert list(at.values()) == [1, 4, 6]
        for before, (instant, position) in zip([0, 1, 4], at.items(), strict=True):
            assert reader.position_at(connection, TENANT, instant - tick) == before
            assert reader.position_at(connection, TENANT, instant) == position
        assert reader.position_at(connection, TENANT, max(at) + timedelta(days=9)) == 6


def test_an_unreadable_event_is_named_by_its_place_in_the_log(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        append(connection, batch((new_id(), 0, 3)))
        rows(connection, "update {schema}.events set topic = 'ticket.lost' where position = 2 returning 1")
        with pytest.raises(UnreadableEvent, match=r"event 2 \(ticket.lost, version 2"):
            reader.page(connection, TENANT, 0, 10)
        assert len(reader.page(connection, TENANT, 2, 10)) == 1


def test_a_page_ends_with_the_event_that_makes_it_too_large(log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as connection:
        append(connection, batch((new_id(), 0, 5)))
        (size,) = rows(connection, "select octet_length(state) from {schema}.events where position = 1")[0]

        def positions(after: int, most_bytes: int) -> list[int]:
            return [event.position for event in reader.page(connection, TENANT, after, 4, most_bytes)]

        assert positions(0, size) == [1]
        assert positions(0, size + 1) == [1, 2]
        assert positions(0, 10**9) == [1, 2, 3, 4]
        assert positions(2, 1) == [3]
        assert positions(5, 1) == []
