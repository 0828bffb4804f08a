"""Every topic ever released, the class of its payload, and the upcasters from earlier schema versions."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, get_args

from domain.access.events import KeyEvent
from domain.customer.events import AddressEvent, CustomerEvent
from domain.messages import Event
from domain.sla.policy.events import SlaEvent
from domain.ticket.events import TicketEvent

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a payload of one schema version into the next."""


def by_topic(classes: Iterable[type[Event]]) -> dict[str, type[Event]]:
    """The classes by topic. Raises ValueError when two classes share a topic or one declares none."""
    registered: dict[str, type[Event]] = {}
    for cls in classes:
        if "topic" not in vars(cls):
            raise ValueError(f"{cls.__name__} declares no topic of its own")
        if cls.topic in registered:
            raise ValueError(f"{cls.__name__} and {registered[cls.topic].__name__} share the topic {cls.topic}")
        registered[cls.topic] = cls
    return registered


EVENT_CLASSES: Mapping[str, type[Event]] = MappingProxyType(
    by_topic(chain.from_iterable(map(get_args, (TicketEvent, CustomerEvent, AddressEvent, SlaEvent, KeyEvent))))
)


def _without_activated_by(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"activated_by": None}


UPCASTERS: Mapping[tuple[str, int], Upcaster] = MappingProxyType(
    {
        (topic, 1): _without_activated_by
        for topic in ("ticket.sla_warned", "ticket.sla_breached", "ticket.sla_corrected")
    }
)
"""By topic and the schema version that they start from. A payload passes one after the other."""


def upcast(
    topic: str, version: int, payload: dict[str, Any], target: int, upcasters: Mapping[tuple[str, int], Upcaster]
) -> dict[str, Any]:
    """The payload in schema version ``target``. Raises LookupError when a step is missing."""
    for step in range(version, target):
        if (topic, step) not in upcasters:
            raise LookupError(f"no upcaster for {topic} from schema version {step}")
        payload = upcasters[topic, step](payload)
    return payload
