"""Encrypted events read as they were written; without their keys they read as erased."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from domain.command_context import Actor, ActorKind
from domain.envelope import RecordedEvent
from domain.erasure.erased_reading import erased as as_erased
from domain.event_log.encryption import Encryptor
from domain.event_log.reader import CODEC, decode_rows
from domain.event_types import register_event_types
from domain.personal_data.data_keys import using
from domain.personal_data.declaration import ERASED, personal_fields
from domain.personal_data.encrypted import key_id_of, key_ids_of
from tests.support.events import NOON, at, history, received
from tests.support.fact_histories import fact_histories
from tests.support.golden import stored_history
from tests.support.histories import histories
from tests.support.key_stores import MemoryKeyStore, rows_of

SAMPLES = sorted((Path(__file__).parents[1] / "event_log" / "samples").glob("*.json"))


@pytest.fixture
def store() -> Iterator[MemoryKeyStore]:
    """A key store that this process uses."""
    store = MemoryKeyStore()
    with using(store):
        yield store


def encrypted(store: MemoryKeyStore, events: Sequence[RecordedEvent]) -> list[tuple[Any, ...]]:
    """The rows of the events in an encrypted log."""
    return rows_of(events, Encryptor(CODEC, "acme", store, blind=True).encode)


def clear(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events as a log without encryption gives them."""
    return decode_rows("acme", rows_of(events, CODEC.encode))


@given(histories())
def test_the_events_of_a_ticket_read_as_they_were_written(events: list[RecordedEvent]) -> None:
    store = MemoryKeyStore()
    with using(store):
        assert decode_rows("acme", encrypted(store, events)) == clear(events)


@given(fact_histories())
def test_the_events_of_a_customer_read_as_they_were_written(events: list[RecordedEvent]) -> None:
    store = MemoryKeyStore()
    with using(store):
        assert decode_rows("acme", encrypted(store, events)) == clear(events)


def test_a_fixed_history_reads_as_it_was_written(store: MemoryKeyStore) -> None:
    events = stored_history()
    assert decode_rows("acme", encrypted(store, events)) == clear(events)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_reads_as_written_and_erased(path: Path, store: MemoryKeyStore) -> None:
    topic = path.stem.partition("@")[0]
    event = CODEC.decode(1, UUID(int=1), 1, topic, NOON, path.read_text(encoding="utf-8"))
    rows = encrypted(store, [event])
    assert decode_rows("acme", rows) == clear([event])
    key = key_id_of(str(rows[0][-1]))
    if key is None:
        return
    store.destroyed.add(key)
    (erased,) = decode_rows("acme", rows)
    for name, value in personal_fields(register_event_types()[topic]).items():
        was = getattr(event.payload, name)
        assert getattr(erased.payload, name) == (value if was not in (None, "", (), {}) else was)
    assert erased.envelope.reason == (None if event.envelope.reason is None else ERASED)


def test_a_customer_who_acts_is_encrypted_and_an_agent_is_not(store: MemoryKeyStore) -> None:
    events = [event for event in stored_history() if event.envelope.actor.kind == "customer"]
    assert events, "the history has none"
    assert not any("actor" in json.loads(row[-1]) for row in encrypted(store, events))


@pytest.mark.parametrize("reason", [None, 'said \x1e "actor":{'])
@pytest.mark.parametrize("kind", ["system", "import"])
def test_the_person_for_whom_a_program_acts_is_encrypted_and_erased(
    store: MemoryKeyStore, kind: ActorKind, reason: str | None
) -> None:
    actor = Actor(id="gateway", kind=kind, on_behalf_of='+84901234567 "An"')
    (event,) = history(at(0, received()))
    event = event._replace(envelope=event.envelope.model_copy(update={"actor": actor, "reason": reason}))
    rows = encrypted(store, [event])
    assert "84901234567" not in rows[0][-1]
    (read,) = decode_rows("acme", rows)
    assert (read.envelope.actor, read.envelope.reason) == (actor, reason)
    store.destroyed |= key_ids_of([rows[0][-1]])
    (destroyed,) = decode_rows("acme", rows)
    assert destroyed.envelope.actor == Actor(id="gateway", kind=kind, on_behalf_of=ERASED)
    assert destroyed.envelope.actor == as_erased(event).envelope.actor


def test_the_colleague_for_whom_an_agent_acts_stays_readable(store: MemoryKeyStore) -> None:
    (event,) = history(at(0, received()))
    actor = Actor(id="lan", kind="agent", on_behalf_of="mai")
    event = event._replace(envelope=event.envelope.model_copy(update={"actor": actor}))
    assert '"on_behalf_of":"mai"' in encrypted(store, [event])[0][-1]
    assert as_erased(event).envelope.actor == actor


def test_two_customers_of_one_address_have_two_keys_and_a_ticket_has_one(store: MemoryKeyStore) -> None:
    events = stored_history()
    rows = encrypted(store, events)
    owners: dict[tuple[object, object], set[UUID]] = {}
    for event, row in zip(events, rows, strict=True):
        key = key_id_of(str(row[-1]))
        if key is not None:
            person = None if event.payload.stream_of_one_person else event.payload.customer_id
            owners.setdefault((event.stream, person), set()).add(key)
    assert all(len(keys) == 1 for keys in owners.values())
    assert len(set.union(*owners.values())) == len(owners)
