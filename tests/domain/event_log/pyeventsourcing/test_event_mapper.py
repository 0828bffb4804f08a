"""Domain events of an application come back equal, whatever they are made of."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Mapper, MapperDeserialisationError, Transcoding
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, computed_field

from domain.event_log.pyeventsourcing.mapper import LogMapper
from domain.ids import new_id

STREAM = UUID(int=7)


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str = Field(alias="article")
    price: Decimal


class Ordered(BaseModel):
    """An event with everything that JSON alone does not tell apart."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    originator_id: UUID
    originator_version: int
    at: datetime
    day: date
    lines: tuple[Line, ...]
    mood: Mood | None = None
    kind: Literal["first", "later"] = Field(default="later", validation_alias="sort")

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property
    @property
    def total(self) -> Decimal:
        return sum((line.price for line in self.lines), Decimal(0))


class Renamed(BaseModel):
    """In its second version: `label` was `name` before, and had no `words`."""

    class_version: ClassVar[int] = 2

    originator_id: UUID
    originator_version: int
    label: str
    words: int

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["label"] = state.pop("name")
        state["words"] = len(state["label"].split())


class Colour:
    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colour) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class ColourByName(Transcoding):
    type = Colour
    name = "colour"

    def encode(self, obj: Colour) -> str:
        return obj.name

    def decode(self, data: str) -> Colour:
        return Colour(data)


class Car(Aggregate):
    @event("Built")
    def __init__(self, colour: Colour, at: datetime) -> None:
        self.colour, self.at = colour, at

    @event("Painted")
    def paint(self, colour: Colour) -> None:
        self.colour = colour


class Garage(Application[UUID]):
    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        super().register_transcodings(transcoder)
        transcoder.register(ColourByName())


MAPPER: LogMapper[UUID] = LogMapper(JSONTranscoder())
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7))])
LINES = st.builds(Line, article=st.text(), price=st.decimals(allow_nan=False, allow_infinity=False))
ORDERS = st.builds(
    Ordered,
    originator_id=st.just(STREAM),
    originator_version=st.integers(1, 9),
    at=st.datetimes(timezones=ZONES),
    day=st.dates(),
    lines=st.lists(LINES, max_size=3).map(tuple),
    mood=st.none() | st.sampled_from(Mood),
    sort=st.sampled_from(["first", "later"]),
)


@given(ORDERS)
def test_an_event_that_is_a_pydantic_model_comes_back_equal(ordered: Ordered) -> None:
    stored = MAPPER.to_stored_event(ordered)
    back = MAPPER.to_domain_event(stored)
    assert back == ordered
    assert type(back) is Ordered
    assert back.lines == ordered.lines
    assert (stored.originator_id, stored.originator_version) == (STREAM, ordered.originator_version)


def test_the_library_s_own_mapper_loses_what_a_pydantic_model_is_made_of() -> None:
    """The negative control of the test above."""
    plain: Mapper[UUID] = Mapper(JSONTranscoder())
    ordered = Ordered(originator_id=STREAM, originator_version=1, at=datetime(2026, 3, 2, 8, tzinfo=UTC),
                      day=date(2026, 3, 2), lines=())  # fmt: skip
    with pytest.raises(TypeError):
        plain.to_stored_event(ordered)


def test_an_older_version_of_a_pydantic_model_passes_its_upcasters() -> None:
    stored = MAPPER.to_stored_event(Renamed(originator_id=STREAM, originator_version=1, label="a b", words=2))
    assert b'"class_version":2' in stored.state
    older = type(stored)(STREAM, 1, stored.topic, b'{"name":"one two three"}')
    assert MAPPER.to_domain_event(older) == Renamed(
        originator_id=STREAM, originator_version=1, label="one two three", words=3
    )


def test_an_event_that_does_not_fit_its_model_is_named_without_its_values() -> None:
    stored = MAPPER.to_stored_event(Renamed(originator_id=STREAM, originator_version=4, label="a", words=1))
    damaged = type(stored)(STREAM, 4, stored.topic, b'{"class_version":2,"label":"a","words":"Hoa"}')
    with pytest.raises(MapperDeserialisationError, match=f"Renamed, version 4 of {STREAM}.*words: ") as raised:
        MAPPER.to_domain_event(damaged)
    assert "Hoa" not in str(raised.value)


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"COMPRESSOR_TOPIC": "zlib"},
        {"CIPHER_KEY": AESCipher.create_key(16)},
        {"COMPRESSOR_TOPIC": "zlib", "CIPHER_KEY": AESCipher.create_key(16)},
    ],
)
def test_events_of_aggregates_and_models_come_back_from_the_log(
    library_env: dict[str, str], packed: dict[str, str]
) -> None:
    at = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)
    car = Car(Colour("đỏ"), at)
    car.paint(Colour("blue"))
    ordered = Ordered(originator_id=new_id(), originator_version=1, at=at, day=at.date(),
                      lines=(Line(article="bút", price=Decimal("1.10")),), mood=Mood.GOOD)  # fmt: skip
    saved = [*car.pending_events, ordered]
    with Garage({**library_env, **packed}) as garage:
        garage.save(car, ordered)
        assert garage.repository.get(car.id) == car
        loaded = [garage.mapper.to_domain_event(item) for item in garage.recorder.select_notifications(1, 9)]
    assert loaded == saved
