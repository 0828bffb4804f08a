"""The registry of event types: the class of each topic, and the upcasters of older payloads."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from domain.messages import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a payload of one schema version into the next version."""
Upcasters = Mapping[tuple[str, int], Upcaster]
"""By topic and the schema version that they take."""
NONE: Upcasters = MappingProxyType({})


class EventTypes:
    """The event types of a codec. A class that is registered again changes nothing."""

    def __init__(self, classes: Iterable[type[Event]] = (), upcasters: Upcasters = NONE) -> None:
        self._classes: dict[str, type[Event]] = {}
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        self._upcasted: set[str] = set()
        self.register(classes, upcasters)

    @property
    def classes(self) -> Mapping[str, type[Event]]:
        """The class that each topic loads into."""
        return MappingProxyType(self._classes)

    @property
    def upcasters(self) -> Upcasters:
        """All registered upcasters."""
        return MappingProxyType(self._upcasters)

    def register(self, classes: Iterable[type[Event]], upcasters: Upcasters = NONE) -> None:
        """Adds event classes with their upcasters.

        Raises ValueError when two classes share a topic, or when a class declares none of its own.
        """
        for cls in classes:
            if "topic" not in vars(cls):
                raise ValueError(f"{cls.__name__} declares no topic of its own")
            known = self._classes.setdefault(cls.topic, cls)
            if known is not cls:
                raise ValueError(f"{cls.__name__} and {known.__name__} share the topic {cls.topic}")
        self._upcasters |= upcasters
        self._upcasted |= {topic for topic, _ in upcasters}

    def class_of(self, topic: str) -> type[Event]:
        """The class of a topic. Raises LookupError when it is not registered."""
        if topic in self._classes:
            return self._classes[topic]
        if self._classes:
            raise LookupError(f"no event type is registered for the topic {topic!r}")
        raise LookupError("no event types are registered: call domain.event_types.register_event_types()")

    def is_upcasted(self, topic: str) -> bool:
        """Whether older payloads of the topic need upcasters."""
        return topic in self._upcasted

    def upcast(self, topic: str, version: int, payload: dict[str, Any], target: int) -> dict[str, Any]:
        """The payload in schema version ``target``. Raises LookupError when an upcaster is missing."""
        for step in range(version, target):
            if (topic, step) not in self._upcasters:
                raise LookupError(f"no upcaster for {topic} from schema version {step}")
            payload = self._upcasters[topic, step](payload)
        return payload


EVENT_TYPES = EventTypes()
"""Those of this process. `domain.event_types` fills it; the log itself imports no aggregate."""
