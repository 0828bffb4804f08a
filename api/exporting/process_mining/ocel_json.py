"""OCEL 2.0 as JSON, written piece by piece."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from pydantic_core import to_json

from api.exporting.process_mining.ocel import (
    EVENT_ATTRIBUTES,
    OBJECT_ATTRIBUTES,
    AttributeType,
    OcelEvent,
    OcelObject,
)


def write_ocel_json(
    output: TextIO, event_types: Iterable[str], objects: Iterable[OcelObject], events: Iterable[OcelEvent]
) -> None:
    """Writes the types, then each object, then each event."""
    parts = {
        "objectTypes": (_type(name, attributes) for name, attributes in OBJECT_ATTRIBUTES.items()),
        "eventTypes": (_type(name, EVENT_ATTRIBUTES) for name in event_types),
        "objects": map(_object, objects),
        "events": map(_event, events),
    }
    output.write("{")
    for number, (name, values) in enumerate(parts.items()):
        output.write(f'{"," if number else ""}\n"{name}": [')
        output.writelines(_separated(values))
        output.write("]")
    output.write("\n}\n")


def _separated(values: Iterable[dict[str, Any]]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield ",\n" if number else "\n"
        yield to_json(value).decode()


def _type(name: str, attributes: Mapping[str, AttributeType]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": name, "type": kind} for name, kind in attributes.items()]}


def _object(of: OcelObject) -> dict[str, Any]:
    return {
        "id": of.id,
        "type": of.type,
        "attributes": [
            {"name": attribute.name, "time": attribute.time, "value": attribute.value} for attribute in of.attributes
        ],
        "relationships": _relationships(of.related),
    }


def _event(of: OcelEvent) -> dict[str, Any]:
    return {
        "id": of.id,
        "type": of.type,
        "time": of.time,
        "attributes": [{"name": name, "value": value} for name, value in of.attributes.items()],
        "relationships": _relationships(of.related),
    }


def _relationships(related: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": object_id, "qualifier": qualifier} for object_id, qualifier in related]
