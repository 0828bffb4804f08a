"""Arbitrary commands and events, drawn from the fields that each declares."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import chain
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
"""A NUL reads as another character: it has a test of its own."""
WORDS = st.sampled_from(["a", "b", "đội mạng", "x" * 200])
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001 -- the zone is drawn
PAST_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 9), timezones=st.just(UTC))  # noqa: DTZ001 -- likewise
IDS = st.integers(1, 3).map(lambda number: UUID(int=number))


def messages(classes: Iterable[type[Any]], instants: st.SearchStrategy[datetime] = INSTANTS) -> st.SearchStrategy[Any]:
    """Valid messages of the classes, from few words and ids, so that they often refer to each other."""
    return st.one_of([_model(cls, instants) for cls in classes])


def _model(cls: type[BaseModel], instants: st.SearchStrategy[datetime]) -> st.SearchStrategy[BaseModel]:
    fields = {name: _field(field.annotation, field.metadata, instants) for name, field in cls.model_fields.items()}
    if "region" in fields:
        fields["region"] = st.sampled_from(["VN", "US"])
    drawn = st.fixed_dictionaries(fields)
    if {"team", "agent"} <= fields.keys():  # an assignment is to somebody
        drawn = drawn.filter(lambda values: values["team"] is not None or values["agent"] is not None)
    if {"name", "details"} <= fields.keys():  # a change of details is of something
        drawn = drawn.filter(lambda values: values["name"] is not None or values["details"])
    if {"method", "reason"} <= fields.keys():  # an agent says why
        drawn = drawn.filter(lambda values: values["method"] != "agent" or values["reason"] is not None)
    return drawn.map(lambda values: cls(**values))


def _field(annotation: Any, metadata: list[Any], instants: st.SearchStrategy[datetime]) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        return st.one_of([_field(argument, [], instants) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in {dict, tuple}:
        values = _field(arguments[-1 if origin is dict else 0], [], instants)
        return (
            st.dictionaries(_field(arguments[0], [], instants), values, max_size=3)
            if origin is dict
            else st.lists(values, max_size=3).map(tuple)
        )
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _model(annotation, instants)
    if hasattr(annotation, "__metadata__"):
        given = [part.metadata if isinstance(part, FieldInfo) else [part] for part in annotation.__metadata__]
        return _field(arguments[0], [*metadata, *chain.from_iterable(given)], instants)
    return _plain(annotation, metadata, instants)


def _plain(annotation: Any, metadata: list[Any], instants: st.SearchStrategy[datetime]) -> st.SearchStrategy[Any]:
    strategies: dict[Any, st.SearchStrategy[Any]] = {
        NoneType: st.none(),
        bool: st.booleans(),
        int: st.integers(*integer_bounds(metadata, 0, 9)),
        float: st.floats(0, 1, exclude_min=True, exclude_max=True),
        UUID: IDS,
        date: st.dates(date(2025, 1, 1), date(2027, 12, 31)),
        Any: st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=5)),
        datetime: instants,
        AwareDatetime: instants,
        str: WORDS if metadata else TEXTS,
    }
    return strategies[annotation]


def integer_bounds(metadata: Sequence[Any], low: int, high: int) -> tuple[int, int]:
    """The least and the greatest integer of a field; ``low`` and ``high`` where its metadata say none."""
    for bound in metadata:
        match bound:
            case Ge(ge=least):
                low = int(str(least))
            case Gt(gt=below):
                low = int(str(below)) + 1
            case Le(le=greatest):
                high = int(str(greatest))
            case Lt(lt=above):
                high = int(str(above)) - 1
            case _:  # says nothing of integers
                continue
    return low, high
