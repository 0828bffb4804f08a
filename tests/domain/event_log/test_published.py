"""Published policies and calendars are decoded once, however often they are read, and within bounds."""

from collections.abc import Sequence
from typing import Any

import psycopg

from api.migrations import migrate
from benchmarks.databases import empty_database
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.published import PublishedEvents
from tests.support.told import TENANT, march, told

VIETNAM = {
    "name": "Office",
    "zone": "Asia/Ho_Chi_Minh",
    "public_holidays": "VN",
    "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
}
POLICY = {"name": "Office", "rules": [{"resolution": {"duration": "8h", "calendar": "Office"}}]}


class Decoding:
    """Decodes rows, and counts them."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, tenant: str, rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
        self.rows += len(rows)
        return reader.decode_rows(tenant, rows)


def test_each_version_is_decoded_once_and_a_reading_of_the_past_leaves_out_the_later_ones(database_url: str) -> None:
    decoding = Decoding()
    kept = PublishedEvents(decoding)
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.calendar(VIETNAM)
        desk.policy(POLICY)
        first = kept.read(connection, TENANT, 2)
        assert [event.topic for event in first] == ["calendar.published", "policy.published"]
        assert kept.read(connection, TENANT, 2) == first
        assert decoding.rows == 2
        desk.ticket(march(2, 8))
        desk.calendar(VIETNAM | {"week": {"mon": ["08:00-12:00"]}}, since=march(3))
        both = kept.read(connection, TENANT, reader.head(connection, TENANT))
        assert [event.payload.version for event in both] == [1, 1, 2]
        assert decoding.rows == 3
        assert kept.read(connection, TENANT, 2) == first
        assert both[0].payload.calendar.holidays is both[2].payload.calendar.holidays, "equal holidays are kept once"


def test_what_is_beyond_the_bound_is_decoded_again_and_read_all_the_same(database_url: str) -> None:
    decoding = Decoding()
    kept = PublishedEvents(decoding, kept_characters=1_000)
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.calendar(VIETNAM)
        desk.policy(POLICY)
        first = kept.read(connection, TENANT, 2)
        assert kept.read(connection, TENANT, 2) == first
        assert decoding.rows == 3, "the calendar is too long to be kept, the policy is not"


def test_two_databases_are_not_taken_for_each_other(database_url: str) -> None:
    kept = PublishedEvents(reader.decode_rows)
    with empty_database(database_url) as other:
        migrate(other)
        assert [first_target(kept, database_url, "1h"), first_target(kept, other, "2h")] == [3_600, 7_200]


def first_target(kept: PublishedEvents, dsn: str, duration: str) -> int:
    """That of a policy which is published and then read."""
    with told(dsn) as desk, psycopg.connect(dsn, autocommit=True) as connection:
        desk.policy({"name": "One", "rules": [{"resolution": duration}]})
        (event,) = kept.read(connection, TENANT, 1)
        seconds: int = event.payload.policy.rules[0].resolution.duration
        return seconds
