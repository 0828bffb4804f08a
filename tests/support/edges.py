"""Events at the edges of what their classes take: each field at each of its extremes, the other fields at plain values.

What is published is left as it is: commands and the reader of a log judge it by a model of its own.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from domain.local_time import FIRST_INSTANT, LAST_INSTANT
from domain.messages import LONGEST_WORD, Event
from tests.support.arbitrary import integer_bounds

GIANT = 10**26
PLAIN_INSTANT = datetime(2026, 3, 2, 8, tzinfo=UTC)
INSTANTS = (PLAIN_INSTANT, FIRST_INSTANT, LAST_INSTANT)
LONGEST = "".join(map(chr, random.Random(1).choices(range(0x20000, 0x2A6D0), k=LONGEST_WORD)))  # noqa: S311 -- no secret
"""The longest word of a command, 800 bytes that no compression shortens: a key holds several."""
TEXTS = ("plain", "", "a\0b", LONGEST, "1e400\u202e")
_VALUES: dict[Any, Sequence[Any]] = {
    NoneType: [None],
    bool: [False, True],
    float: [0.5, 1.7e308, -1.7e308, 5e-324],
    UUID: [UUID(int=7), UUID(int=0), UUID(int=2**128 - 1)],
    date: [date(2026, 3, 2), date.min, date.max],
    datetime: INSTANTS,
    AwareDatetime: INSTANTS,
    Any: ["plain", None, [], {}, GIANT, "a\0b", 1.7e308],
}


UNJUDGED = frozenset({"policy.published", "calendar.published", "definition.published"})
"""Topics whose payload is judged by a model of its own."""


def at_edges(cls: type[Event]) -> Iterator[Event]:
    """A plain event, and those with one field at an extreme; values that the class refuses are left out."""
    yield from _messages(cls)


def plain(cls: type[Event]) -> Event:
    return next(at_edges(cls))


def _messages(cls: type[Any]) -> Iterator[Any]:
    values = {name: list(_values(field.annotation, field.metadata)) for name, field in cls.model_fields.items()}
    made = next(filter(None, (_made(cls, base) for base in _bases(values))), None)
    if made is None:
        raise AssertionError(f"{cls.__name__} refuses every combination of {values}")
    yield made
    fields = {name: getattr(made, name) for name in values}
    for name, extremes in values.items():
        for value in extremes:
            if (made := _made(cls, fields | {name: value})) is not None:
                yield made


def _bases(values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """All first values, all second values, and so on: a class may refuse some together."""
    for number in range(max(map(len, values.values()), default=1)):
        yield {name: each[number % len(each)] for name, each in values.items()}


def _made(cls: type[Any], values: dict[str, Any]) -> Any:
    try:
        return cls(**values)
    except (ValidationError, OverflowError):
        return None


def _values(annotation: Any, metadata: Sequence[Any] = ()) -> Iterator[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        yield from chain.from_iterable(_values(each) for each in arguments)
    elif origin is Literal:
        yield from arguments
    elif origin is dict:
        inner = list(islice(_values(arguments[1]), 40))
        yield {"plain": inner[0]}
        yield {}
        yield from ({f"key {number}": each} for number, each in enumerate(inner))
        yield from ({each: inner[0]} for each in _values(arguments[0]))
    elif origin in {tuple, list, frozenset, set}:
        inner = list(islice(_values(arguments[0]), 40))
        yield origin([inner[0]])
        yield origin()
        yield from (origin([each]) for each in inner)
    elif hasattr(annotation, "__metadata__"):
        given = [part.metadata if isinstance(part, FieldInfo) else [part] for part in annotation.__metadata__]
        yield from _values(arguments[0], [*metadata, *chain.from_iterable(given)])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _messages(annotation)
    elif annotation is int:
        yield from _integers(metadata)
    elif annotation is str:
        yield from (*TEXTS, "VND")
    else:
        yield from _VALUES[annotation]


def _integers(metadata: Sequence[Any]) -> Iterator[int]:
    low, high = integer_bounds(metadata, -GIANT, GIANT)
    edges = (1, 0, high, low, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, 2**40)
    yield from (edge for edge in edges if low <= edge <= high)
