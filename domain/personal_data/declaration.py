"""Which fields of an event class hold personal data, and what they read as once the person is erased."""

from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

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


@cache
def lost_fields(event_type: type[Event]) -> MappingProxyType[str, Any]:
    """The personal fields of a class, each with what it reads as when its data key is recorded as lost.

    A list has one item and an object one member, with the word for lost texts. An optional day or number is None.
    """
    fields = event_type.model_fields
    return MappingProxyType({name: _lost(fields[name].annotation) for name in personal_fields(event_type)})


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


def _lost(annotation: Any) -> Any:
    kind, parts = get_origin(annotation) or annotation, get_args(annotation)
    if kind in (Union, UnionType):
        return LOST if str in parts else None
    if kind is dict:
        return {LOST: _lost(parts[1])}
    if kind in (tuple, list, frozenset):
        return (_lost(parts[0]),)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: _lost(field.annotation) for name, field in kind.model_fields.items() if field.is_required()}
    return _LOST_NUMBER if kind is int else LOST
