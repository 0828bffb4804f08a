"""Which fields of an event class hold personal data, and what they read as once the person is erased."""

from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from domain.messages import Event, Personal

ERASED = "[erased]"
"""What an erased text reads as."""
LOST = "[lost]"
"""What a text reads as whose data key is recorded as lost."""
_LOST_NUMBER = 0
"""No personal number is nought."""
_EMPTY = MappingProxyType({tuple: (), list: (), dict: MappingProxyType({}), frozenset: ()})


@cache
def personal_fields(event_type: type[Event]) -> MappingProxyType[str, Any]:
    """The personal fields of a class, each with its erased value. Raises TypeError for a field that has none."""
    fields = {}
    for name, field in event_type.model_fields.items():
        marks = [mark for mark in field.metadata if isinstance(mark, Personal)]
        if marks:
            fields[name] = _erased(event_type, name, field.annotation, marks[0])
    return MappingProxyType(fields)


def lost_value(erased: Any) -> Any:
    """What a field reads as whose data key is recorded as lost, by its erased value.

    A text and a number then differ from erased and from real ones. Lists, objects and optional numbers are empty.
    """
    if erased == ERASED:
        return LOST
    return _LOST_NUMBER if isinstance(erased, int) else erased


def is_lost(value: str | int) -> bool:
    """Whether a personal text or number is one whose data key is recorded as lost."""
    return value in {LOST, _LOST_NUMBER}


def _erased(event_type: type[Event], name: str, annotation: Any, mark: Personal) -> Any:
    if mark.erased is not None:
        return mark.erased
    is_union = get_origin(annotation) in (Union, UnionType)
    kinds = [get_origin(kind) or kind for kind in (get_args(annotation) if is_union else (annotation,))]
    for kind in kinds:
        if kind is str:
            return ERASED
        if kind in _EMPTY:
            return _EMPTY[kind]
    if NoneType in kinds:
        return None
    raise TypeError(f"{event_type.__name__}.{name}: say what it reads as once erased, as in Personal(erased=1)")
