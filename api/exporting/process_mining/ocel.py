"""The shape of an object-centric event log (OCEL 2.0)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

ObjectType = Literal["ticket", "customer", "organisation", "agent", "team", "contract", "sla_instance"]
EventQualifier = Literal["about", "by", "to", "for"]
"""What the event is about, who did it, whom it passes the matter to, and whose matter it is."""
ObjectQualifier = Literal["absorbed_into", "member_of"]
AttributeType = Literal["string", "integer", "time"]

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an attribute that has always had its value, by the standard."""

OBJECT_ATTRIBUTES: Mapping[ObjectType, Mapping[str, AttributeType]] = MappingProxyType(
    {
        "ticket": {"state": "string", "priority": "string", "category": "string"},
        "customer": {"tier": "string"},
        "organisation": {"tier": "string"},
        "agent": {"name": "string"},
        "team": {"name": "string"},
        "contract": {"state": "string"},
        "sla_instance": {"target": "string", "target_seconds": "integer", "state": "string"},
    }
)
EVENT_ATTRIBUTES: Mapping[str, AttributeType] = MappingProxyType(
    {"position": "integer", "recorded_at": "time", "actor": "string", "actor_kind": "string"}
)
"""Those of every event. Events of one time are in the order of their positions."""


class Attribute(NamedTuple):
    """A value of an object from an instant on."""

    name: str
    value: str | int
    time: datetime


class OcelObject(NamedTuple):
    """``related`` are ids of other objects with their qualifiers."""

    id: str
    type: ObjectType
    attributes: list[Attribute]
    related: list[tuple[str, ObjectQualifier]]


class OcelEvent(NamedTuple):
    """``type`` is the topic. ``attributes`` are values by the names of EVENT_ATTRIBUTES."""

    id: str
    type: str
    time: datetime
    attributes: Mapping[str, str | int | datetime]
    related: list[tuple[str, EventQualifier]]
