"""Whatever was ever stored loads for ever."""

import json
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest

from domain.envelope import NewEvent
from domain.event_log.event_types import EVENT_TYPES, EventTypes
from domain.event_log.reader import CODEC
from domain.messages import Event
from tests.support.events import NOON

WARNED = "ticket.sla_warned"
SAMPLES = Path(__file__).with_name("samples")


def sample(topic: str, schema_version: int) -> Path:
    """The stored text of an event as released: ``<topic>.json``, later shapes ``<topic>@<schema version>.json``."""
    return SAMPLES / (f"{topic}.json" if schema_version == 1 else f"{topic}@{schema_version}.json")


RELEASED = [
    (topic, version) for topic, cls in EVENT_TYPES.classes.items() for version in range(1, cls.schema_version + 1)
]  # fmt: skip


@pytest.mark.parametrize(("topic", "schema_version"), RELEASED)
def test_every_shape_ever_released_has_a_sample_that_loads(topic: str, schema_version: int) -> None:
    text = sample(topic, schema_version).read_text(encoding="utf-8")
    event = CODEC.decode(1, UUID(int=1), 1, topic, NOON, text)
    assert type(event.payload) is EVENT_TYPES.class_of(topic)
    stored = json.loads(text)
    assert stored["schema_version"] == schema_version
    if schema_version == EVENT_TYPES.class_of(topic).schema_version:
        assert event.payload.model_dump(mode="json").items() >= stored["payload"].items()
        assert event.envelope.event_id == stored["event_id"]


def test_what_is_stored_in_todays_shape_is_taken_as_it_is_whatever_it_says_of_shapes() -> None:
    decoded = CODEC.decode(1, UUID(int=1), 1, WARNED, NOON, sample(WARNED, 1).read_text(encoding="utf-8"))
    telling = decoded.payload.model_copy(update={"target": '"schema_version":2,'})
    text = CODEC.encode(NewEvent(UUID(int=1), 1, decoded.envelope, telling))
    assert CODEC.upcast(WARNED, text) is text
    first = text.replace('"schema_version":2', '"schema_version":1', 1).replace('"activated_by":null,', "")
    assert json.loads(first)["schema_version"] == 1
    assert CODEC.decode(1, UUID(int=1), 1, WARNED, NOON, first).payload == telling


def test_no_sample_is_without_a_topic() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {sample(*released).name for released in RELEASED}


def test_every_older_shape_of_every_topic_has_an_upcaster() -> None:
    older = {(topic, version) for topic, version in RELEASED if version < EVENT_TYPES.class_of(topic).schema_version}
    assert set(EVENT_TYPES.upcasters) == older


def test_a_topic_is_named_after_its_aggregate() -> None:
    rooms = {
        "ticket": "ticket",
        "customer": "customer",
        "address": "customer",
        "definition": "definitions",
        "policy": "sla.policy",
        "calendar": "sla.policy",
    }
    rooms |= {"key": "access", "report": "issued_report", "activity": "customer.facts", "agent": "availability"}
    rooms |= {"switch": "switches", "procedure_claim": "procedure", "personal_data": "erasure"}
    own = (
        "contract",
        "usage",
        "feedback",
        "file",
        "segment",
        "automation",
        "notification",
        "procedure",
        "task",
        "erasure",
        "sealing",
    )
    rooms |= {room: room for room in own}
    for topic, cls in EVENT_TYPES.classes.items():
        room = "sla" if topic.startswith("ticket.sla_") else rooms[topic.partition(".")[0]]
        assert cls.__module__ in {f"domain.{room}.events", f"domain.{room}.facts.events"}


class Once(Event):
    topic = "test.once"


class Again(Event):
    topic = "test.once"


class Inherited(Once):
    """Has the topic of its parent."""


class Later(Event):
    topic = "test.later"
    schema_version: ClassVar[int] = 2


@pytest.mark.parametrize(
    ("classes", "problem"), [((Once, Again), "share the topic"), ((Inherited,), "declares no topic")]
)
def test_two_classes_never_share_a_topic(classes: tuple[type[Event], ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        EventTypes(classes)


def test_a_missing_step_between_two_shapes_is_named() -> None:
    with pytest.raises(LookupError, match=r"test\.later from schema version 1"):
        EventTypes([Later]).upcast("test.later", 1, {}, 2)
