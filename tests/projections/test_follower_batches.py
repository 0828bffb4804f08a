"""What a follower reads again for a batch, and when it begins none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.definitions.events import DefinitionPublished
from domain.envelope import RecordedEvent
from domain.event_log import reader
from projections.engine.follower import Follower
from projections.engine.projection import Enrichment, FoldInputs
from projections.engine.stream import Stream
from tests.support.log import append_events
from tests.support.tally import EVENT_LIST, NOTE, Tally, prepare, rows, tally

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DEFINITION = UUID(int=99)


def count_definitions(stream: Stream, inputs: FoldInputs) -> list[Tally]:
    return [Tally(stream.id, len(inputs.definitions), stream.all[-1].position)]


def test_what_is_published_is_read_by_its_batch_and_by_those_behind_it(database_url: str) -> None:
    """Control: a follower that keeps what was published before gives smaller numbers."""
    enriched = replace(tally(fold=count_definitions), enrichment=Enrichment())
    prepare(database_url, enriched)
    follower = Follower(database_url, "default", [enriched])
    with psycopg.connect(database_url, autocommit=True) as connection:
        for number in range(1, 7):
            append_events(connection, UUID(int=number), NOTE)
            follower.catch_up()
            published = DefinitionPublished(
                kind="segment", name="vip", version=number, effective_from=LONG_AGO, body={}
            )
            append_events(connection, DEFINITION, published)
            if number % 2:
                follower.catch_up()
    follower.close()
    assert [row[1] for row in rows(database_url, "tally")] == [0, 1, 2, 3, 4, 5]


def test_a_follower_at_the_head_begins_no_batch(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(database_url, tally(), EVENT_LIST)
    pages: list[int] = []
    page = reader.page

    def counted(*arguments: Any) -> list[RecordedEvent]:
        pages.append(len(pages))
        return page(*arguments)

    monkeypatch.setattr(reader, "page", counted)
    follower = Follower(database_url, "default", [tally(), EVENT_LIST])
    with psycopg.connect(database_url, autocommit=True) as connection:
        for batches in (1, 2):
            append_events(connection, UUID(int=1), NOTE)
            assert follower.catch_up() == 1
            assert follower.catch_up() == 0
            assert len(pages) == batches
    follower.close()
