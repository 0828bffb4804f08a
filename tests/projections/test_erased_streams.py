"""Streams that an erasure has closed: their events are read without personal values, in every batch."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command_context import Actor
from domain.customer.events import AddressClaimed
from domain.envelope import RecordedEvent
from domain.erasure.erased_reading import as_erased, erased, holds_personal_values
from domain.erasure.events import PersonalDataErased
from domain.event_log.encryption import Encryptor
from domain.event_log.reader import CODEC, decode_rows
from domain.personal_data.data_keys import using
from domain.personal_data.declaration import ERASED
from projections.engine.projection import NO_INPUTS, Projection
from projections.engine.stream import Stream
from projections.registry import PROJECTIONS
from tests.support.events import CUSTOMER, at, history, received
from tests.support.golden import stored_history
from tests.support.histories import histories, streams_of
from tests.support.key_stores import MemoryKeyStore, rows_of

MARKER = PersonalDataErased(erasure=UUID(int=7), customer_id=CUSTOMER)
OF_TICKETS = [each for each in PROJECTIONS if each.reads("ticket") and each.enrichment is None]


def closed(events: list[RecordedEvent]) -> list[RecordedEvent]:
    """The stream with its erasure at the end."""
    last = events[-1]
    marker = last._replace(position=last.position + 1, version=last.version + 1, topic=MARKER.topic, payload=MARKER)
    return [*events, marker]


@pytest.mark.parametrize("projection", OF_TICKETS, ids=lambda projection: projection.name)
@given(events=histories(), data=st.data())
def test_the_rows_of_an_erased_stream_are_the_same_wherever_a_batch_ends(
    projection: Projection, events: list[RecordedEvent], data: st.DataObject
) -> None:
    whole = closed(events)
    split = data.draw(st.integers(0, len(whole) - 1))
    parted, at_once = Stream(whole, split), Stream(whole)
    assert list(projection.fold(parted, NO_INPUTS)) == list(projection.fold(at_once, NO_INPUTS))
    assert parted.replaces_rows == (split > 0)
    assert not any(holds_personal_values(event) for event in parted.all[:-1])


@pytest.mark.parametrize(
    "events", streams_of(stored_history()), ids=lambda events: f"{events[0].topic} {events[0].position}"
)
def test_events_read_as_erased_are_what_they_are_without_their_keys(events: list[RecordedEvent]) -> None:
    store = MemoryKeyStore()
    rows = rows_of(events, Encryptor(CODEC, "acme", store, blind=True).encode)
    store.destroyed.update(store.held)
    with using(store):
        assert [erased(event) for event in events] == decode_rows("acme", rows)


@given(events=histories())
def test_the_erased_reading_is_total_and_erasing_again_changes_nothing(events: list[RecordedEvent]) -> None:
    once = as_erased(closed(events))
    assert as_erased(once) == once
    assert [event.version for event in once] == list(range(1, len(events) + 2))


def test_in_a_stream_of_several_persons_the_events_of_the_erased_one_are_erased() -> None:
    claims = (AddressClaimed(customer_id=each, channel="email", key="lan@an.vn") for each in (CUSTOMER, UUID(int=9)))
    events = history(*(at(minute, claim) for minute, claim in enumerate(claims)))
    assert [event.payload.key for event in as_erased(closed(events))[:-1]] == [ERASED, "lan@an.vn"]


def test_an_empty_value_reads_as_it_was() -> None:
    (event,) = history(at(0, received(subject="")))
    assert erased(event).payload.subject == ""


def test_an_envelope_reads_as_it_does_without_its_key() -> None:
    (event,) = history(at(0, received()))
    by_customer = event.envelope.model_copy(update={"reason": "w", "actor": Actor(id="an", kind="customer")})
    read = erased(event._replace(envelope=by_customer)).envelope
    assert read.reason == ERASED
    assert read.actor == Actor(id=ERASED, kind="customer")
