"""A replay folds whole streams together, few of them where their texts are long."""

from uuid import UUID

import psycopg
import pytest

from domain.event_log import reader
from projections.engine import replay
from projections.engine.replay import batches_where
from tests.support.log import append_events
from tests.support.tally import NOTE


def test_few_streams_with_long_texts_are_in_memory_at_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "FETCHED_AT_ONCE", 1)
    with psycopg.connect(database_url) as connection:
        for number in (1, 2, 1, 3):
            append_events(connection, UUID(int=number), NOTE)

        def sizes() -> list[list[int]]:
            batches = list(batches_where(connection, "default", "position > %s", [0]))
            return [[len(history) for history in histories] for histories in batches if histories]

        length = max(len(row[-1]) for row in reader.page_rows(connection, "default", 0, 10))
        assert sizes() == [[2, 1, 1]]
        monkeypatch.setattr(reader, "PAGE_BYTES", 2 * length + 1)  # with the stream the next event is read
        assert sizes() == [[2], [1, 1]]
        monkeypatch.setattr(reader, "PAGE_BYTES", 1)
        assert sizes() == [[2], [1], [1]]
