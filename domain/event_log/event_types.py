"""Every topic ever released, the class it loads into today, and the upcasters from its older shapes."""

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
"""Takes a payload of one schema version and returns it in the next."""


def by_topic(classes: Iterable[type[Event]]) -> dict[str, type[Event]]:
    """The classes by their topics. Raises ValueError when two share one or one declares none of its own."""
    found: dict[str, type[Event]] = {}
    for cls in classes:
        if "topic" not in vars(cls):
            raise ValueError(f"{cls.__name__} declares no topic of its own")
        if cls.topic in found:
            raise ValueError(f"{cls.__name__} and {found[cls.topic].__name__} share the topic {cls.topic}")
        found[cls.topic] = cls
    return found


EVENT_CLASSES: Mapping[str, type[Event]] = MappingProxyType(
    by_topic(chain.from_iterable(map(get_args, (TicketEvent, CustomerEvent, AddressEvent, SlaEvent, KeyEvent))))
)


def _of_an_instance_by_its_number_alone(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"activated_by": None}


UPCASTERS: Mapping[tuple[str, int], Upcaster] = MappingProxyType(
    {
        (topic, 1): _of_an_instance_by_its_number_alone
        for topic in ("ticket.sla_warned", "ticket.sla_breached", "ticket.sla_corrected")
    }
)
"""By topic and the schema version they start from. A payload passes them one after the other up to today's version."""


def upcast(
    topic: str, version: int, payload: dict[str, Any], target: int, upcasters: Mapping[tuple[str, int], Upcaster]
) -> dict[str, Any]:
    """The payload in schema version ``target``. Raises LookupError when a step is missing."""
    for step in range(version, target):
        if (topic, step) not in upcasters:
            raise LookupError(f"no upcaster for {topic} from schema version {step}")
        payload = upcasters[topic, step](payload)
    return payload
