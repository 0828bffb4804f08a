"""Every event comes back from the log's text as it went in, whatever shape it was written in."""

import traceback
from datetime import datetime
from typing import Any, ClassVar, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.command_context import Actor, Origin
from domain.customer.events import CustomerEvent
from domain.event_log.codec import EventCodec, UnreadableEvent
from domain.event_log.event_types import EventTypes
from domain.event_log.reader import CODEC
from domain.messages import Event
from domain.ticket.events import NoteAdded, TicketAssigned, TicketEvent, WorkStarted
from tests.support.arbitrary import INSTANTS, TEXTS, messages
from tests.support.events import NOON, envelope, new_event

STREAM = UUID(int=7)
PAYLOADS = messages([*get_args(TicketEvent), *get_args(CustomerEvent)])
ANY_TEXT = st.none() | TEXTS
ENVELOPE_FIELDS = st.fixed_dictionaries(
    {
        "occurred_at": INSTANTS,
        "actor": st.builds(Actor, id=st.just("an"), kind=st.just("agent"), on_behalf_of=st.sampled_from([None, "Mai"])),
        "origin": st.none() | st.builds(Origin, channel=st.just("zalo"), client=st.sampled_from([None, "app 1.0"])),
        "reason": ANY_TEXT,
        "correlation_id": ANY_TEXT,
        "causation_id": ANY_TEXT,
        "command_id": TEXTS,
    }
)


def decoded(state: str, topic: str = "ticket.note_added", codec: EventCodec = CODEC) -> Event:
    payload: Event = codec.decode(1, STREAM, 1, topic, NOON, state).payload
    return payload


@given(PAYLOADS, ENVELOPE_FIELDS)
def test_every_event_comes_back_equal(payload: Event, envelope_fields: dict[str, Any]) -> None:
    event = new_event(payload, STREAM, 3, **envelope_fields)
    back = CODEC.decode(5, STREAM, 3, payload.topic, NOON, CODEC.encode(event))
    assert back[:5] == (5, STREAM, 3, payload.topic, NOON)
    assert back.payload == payload
    assert type(back.payload) is type(payload)
    assert back.envelope.model_dump(exclude={"payload"}) == event.envelope.model_dump()
    assert back.occurred_at == envelope_fields["occurred_at"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\0b", "a\ufffdb"),
        ("\0\0", "\ufffd\ufffd"),
        ("\\\0", "\\\ufffd"),
        ("\\u0000", "\\u0000"),
        ("\\\\u0000", "\\\\u0000"),
    ],
)
def test_a_nul_reads_as_the_character_for_what_cannot_be_shown(written: str, read: str) -> None:
    """The log may hold one as an escape; no column can. A backslash before the letters `u0000` is no escape."""
    state = CODEC.encode(new_event(NoteAdded(body=written), STREAM, 1, reason=written))
    back = CODEC.decode(1, STREAM, 1, "ticket.note_added", NOON, state)
    assert (back.payload.body, back.envelope.reason) == (read, read)


def test_what_is_written_of_a_payload_does_not_depend_on_its_defaults() -> None:
    assert '"payload":{"body":"b","channel":null,"automated":false}' in CODEC.encode(
        new_event(next(cls for cls in get_args(TicketEvent) if cls.topic == "ticket.reply_sent")(body="b"))
    )


def test_no_time_is_lost_below_a_microsecond_or_beyond_a_zone() -> None:
    at = datetime.fromisoformat("2026-03-29T02:30:00.000001+07:00")
    event = new_event(WorkStarted(), occurred_at=at)
    assert CODEC.decode(1, STREAM, 1, WorkStarted.topic, NOON, CODEC.encode(event)).occurred_at == at


class NoteV3(Event):
    """The note as it might be one day."""

    topic = "ticket.note_added"
    schema_version: ClassVar[int] = 3
    text: str
    language: str


def _renamed(payload: dict[str, Any]) -> dict[str, Any]:
    return {"text": payload["body"]}


def _with_language(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"language": "vi"}


ONE_DAY = EventCodec(
    EventTypes([NoteV3], {("ticket.note_added", 1): _renamed, ("ticket.note_added", 2): _with_language})
)


def test_an_old_shape_passes_every_step_up_to_today_s() -> None:
    written = CODEC.encode(new_event(NoteAdded(body="chào")))
    assert decoded(written, codec=ONE_DAY) == NoteV3(text="chào", language="vi")
    in_between = written.replace('"body"', '"text"').replace('"schema_version":1', '"schema_version":2')
    assert decoded(in_between, codec=ONE_DAY) == NoteV3(text="chào", language="vi")
    today = ONE_DAY.encode(new_event(NoteV3(text="chào", language="en")))
    assert decoded(today, codec=ONE_DAY) == NoteV3(text="chào", language="en")


def test_an_upcasted_event_says_the_shape_it_is_in() -> None:
    written = CODEC.encode(new_event(NoteAdded(body="b")))
    assert ONE_DAY.decode(1, STREAM, 1, NoteV3.topic, NOON, written).envelope.schema_version == 3


GOOD = CODEC.encode(new_event(NoteAdded(body="b")))


@pytest.mark.parametrize(
    ("topic", "state", "codec"),
    [
        ("ticket.unheard_of", GOOD, CODEC),
        ("ticket.assigned", GOOD, CODEC),
        ("ticket.note_added", GOOD[:-1], CODEC),
        ("ticket.note_added", "[]", CODEC),
        ("ticket.note_added", "", CODEC),
        ("ticket.note_added", GOOD.replace('"body":"b"', '"body":"b","mood":"good"'), CODEC),
        ("ticket.note_added", GOOD.replace('"body":"b"', ""), CODEC),
        ("ticket.note_added", GOOD.replace('"schema_version":1', '"schema_version":2'), CODEC),
        ("ticket.note_added", "[]", ONE_DAY),
        ("ticket.note_added", GOOD.replace('"payload":{"body":"b"}', '"payload":[]'), ONE_DAY),
        ("ticket.note_added", GOOD.replace('"schema_version":1', '"schema_version":0'), ONE_DAY),
        ("ticket.note_added", GOOD.replace('"schema_version":1', '"schema_version":4'), ONE_DAY),
    ],
)
def test_an_event_that_cannot_be_read_is_named(topic: str, state: str, codec: EventCodec) -> None:
    with pytest.raises(UnreadableEvent, match=rf"event 41 \({topic}, version 2 of {STREAM}\) cannot be read"):
        codec.decode(41, STREAM, 2, topic, NOON, state)


def test_neither_envelope_nor_payload_can_be_changed() -> None:
    event = new_event(TicketAssigned(team="a", agent=None))
    for message, name in ((event.payload, "team"), (envelope(event.payload), "reason")):
        with pytest.raises(ValidationError):
            setattr(message, name, "b")


@pytest.mark.parametrize("state", [GOOD.replace('"body":"b"', '"body":"b","phone":"0903"'), GOOD.replace('"b"', "903")])
def test_what_is_said_of_an_event_that_cannot_be_read_holds_none_of_its_words(state: str) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        CODEC.decode(41, STREAM, 2, "ticket.note_added", NOON, state)
    assert "903" not in "".join(traceback.format_exception(caught.value))
