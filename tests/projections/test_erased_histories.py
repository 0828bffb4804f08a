"""Projections of histories whose personal values are erased: rows for all of them, and no erased value in any."""

import json
from collections.abc import Sequence

from domain.envelope import RecordedEvent
from domain.event_log.encryption import Encryptor
from domain.event_log.reader import CODEC, decode_rows
from domain.messages import Event
from domain.personal_data.data_keys import using
from domain.personal_data.declaration import personal_fields
from projections.registry import PROJECTIONS
from tests.support.filled import filled
from tests.support.golden import stored_history
from tests.support.histories import streams_of
from tests.support.key_stores import MemoryKeyStore, rows_of


def erased(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events once all keys are destroyed."""
    store = MemoryKeyStore()
    rows = rows_of(events, Encryptor(CODEC, "acme", store, blind=True).encode)
    store.destroyed.update(store.held)
    with using(store):
        return decode_rows("acme", rows)


def words_of(events: Sequence[RecordedEvent]) -> set[str]:
    """The personal texts of events that are long enough to be found by themselves, and that no other field holds."""
    words: set[str] = set()
    elsewhere: set[str] = set()
    for event in events:
        event_type: type[Event] = type(event.payload)
        for name in personal_fields(event_type):
            value = getattr(event.payload, name)
            words |= {value} if isinstance(value, str) else set()
        others = event_type.model_fields.keys() - personal_fields(event_type).keys()
        elsewhere |= {str(getattr(event.payload, name)) for name in others}
        words |= {event.envelope.reason} if event.envelope.reason else set()
    return {word for word in words - elsewhere if len(word) > 8}


def test_the_rows_of_erased_streams_fit_into_their_tables_and_hold_no_personal_text(database_url: str) -> None:
    events = stored_history()
    words = words_of(events)
    assert len(words) > 20
    with filled(database_url, PROJECTIONS, *streams_of(erased(events))) as connection:
        for projection in PROJECTIONS:
            for table in projection.tables:
                rows = connection.execute(f"select to_jsonb(t) from tenant_default.{table.name} t").fetchall()
                text = json.dumps([row for (row,) in rows], ensure_ascii=False)
                assert {word for word in words if word in text} == set(), table.name
