"""Every field of every event says whether it holds personal data."""

from datetime import date
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json

from domain.event_types import register_event_types
from domain.messages import PERSONAL, Event, Personal
from domain.personal_data.declaration import ERASED, LOST, is_lost, lost_fields, personal_fields
from domain.personal_data.not_personal import CLASSES as NOT_PERSONAL_CLASSES
from domain.personal_data.not_personal import FIELDS as NOT_PERSONAL
from tests.support.personal_data_page import PAGE, page

CLASSES = sorted((cls for cls in register_event_types().values()), key=lambda cls: cls.topic)
WORDS = (str, date, dict, list, tuple, frozenset)


def holds_words(annotation: Any) -> bool:
    """Whether a value of the type may hold a text, a day or an object. Identifiers, instants and numbers hold none."""
    if isinstance(annotation, type):
        return annotation in WORDS or issubclass(annotation, BaseModel)
    if get_origin(annotation) in (tuple, list, frozenset):
        return any(holds_words(part) for part in get_args(annotation) if part is not Ellipsis)
    return get_origin(annotation) is dict or any(holds_words(part) for part in get_args(annotation))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.topic)
def test_each_field_with_words_is_personal_or_said_not_to_be(cls: type[Event]) -> None:
    if cls.topic in NOT_PERSONAL_CLASSES:
        assert not personal_fields(cls)
        return
    words = {name for name, field in cls.model_fields.items() if holds_words(field.annotation)}
    excused = {name for name in words if name in NOT_PERSONAL or f"{cls.topic}.{name}" in NOT_PERSONAL}
    assert words - excused == words & personal_fields(cls).keys()


def test_nothing_is_excused_that_does_not_exist() -> None:
    names = {name for cls in CLASSES for name in cls.model_fields}
    full = {f"{cls.topic}.{name}" for cls in CLASSES for name in cls.model_fields}
    assert names | full >= NOT_PERSONAL.keys()
    assert {cls.topic for cls in CLASSES} >= NOT_PERSONAL_CLASSES.keys()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.topic)
def test_an_erased_payload_is_valid(cls: type[Event]) -> None:
    for name, erased in personal_fields(cls).items():
        annotation = cls.model_fields[name].annotation
        kinds = {get_origin(kind) or kind for kind in (annotation, *get_args(annotation))}
        assert type(erased) in kinds or ((erased is None) and NoneType in kinds) or erased in ({}, ())


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.topic)
def test_each_lost_value_has_the_type_of_its_field_and_is_told_from_an_erased_one(cls: type[Event]) -> None:
    erased, lost = personal_fields(cls), lost_fields(cls)
    assert erased.keys() == lost.keys()
    for name, value in lost.items():
        annotation: Any = cls.model_fields[name].annotation
        TypeAdapter(annotation).validate_python(value)
        assert is_lost(value) if isinstance(value, str | int) else value is None or LOST in to_json(value).decode()
        assert value is None or value != erased[name]


def test_a_personal_field_without_an_erased_value_is_refused() -> None:
    class Odd(Event):
        topic = "odd.counted"
        steps: Annotated[int, PERSONAL]

    with pytest.raises(TypeError, match="steps: say what it reads as once erased"):
        personal_fields(Odd)


def test_texts_containers_and_numbers_have_erased_values() -> None:
    class Even(Event):
        topic = "even.counted"
        text: Annotated[str | None, PERSONAL] = None
        many: Annotated[dict[str, int], PERSONAL]
        day: Annotated[date | None, PERSONAL] = None
        steps: Annotated[int, Personal(erased=1)]
        kept: str

    assert dict(personal_fields(Even)) == {"text": ERASED, "many": {}, "day": None, "steps": 1}


def test_the_page_of_personal_data_is_that_of_the_classes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
