"""Registers the event types of every package with the event log, those of plug-ins too.

Each program calls `register_event_types` before it reads a log.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from domain.access.events import KeyEvent
from domain.automation.events import AutomationEvent
from domain.availability.events import AvailabilityEvent
from domain.contract.events import ContractEvent
from domain.customer.events import AddressEvent, CustomerEvent
from domain.customer.facts.events import ActivityClaimEvent, CustomerFact
from domain.definitions.events import DefinitionEvent
from domain.erasure.events import ErasureEvent, PersonalDataErased
from domain.event_log.event_types import EVENT_TYPES, NONE, EventTypes, Upcasters
from domain.feedback.events import FeedbackEvent
from domain.file.events import FileEvent
from domain.issued_report.events import ReportEvent
from domain.messages import Event
from domain.notification.events import NotificationEvent
from domain.plugins import PluginError, plugins
from domain.procedure.events import ProcedureClaimEvent, ProcedureEvent
from domain.sealing.events import SealingEvent
from domain.segment.events import SegmentEvent
from domain.sla.events import UPCASTERS as OF_TARGET_INSTANCES
from domain.sla.events import TargetInstanceEvent
from domain.sla.policy.events import SlaEvent
from domain.switches.events import SwitchEvent
from domain.task.events import TaskEvent
from domain.ticket.events import TicketEvent
from domain.usage.events import UsageEvent

GROUP = "ticketledger.events"
"""The entry point group of modules that hold EVENTS, and UPCASTERS where a payload has changed."""

_OWN: tuple[tuple[Any, Upcasters], ...] = (
    (TicketEvent, NONE),
    (TargetInstanceEvent, OF_TARGET_INSTANCES),
    (CustomerEvent, NONE),
    (CustomerFact, NONE),
    (ActivityClaimEvent, NONE),
    (AddressEvent, NONE),
    (ContractEvent, NONE),
    (UsageEvent, NONE),
    (FeedbackEvent, NONE),
    (FileEvent, NONE),
    (NotificationEvent, NONE),
    (AvailabilityEvent, NONE),
    (SegmentEvent, NONE),
    (ProcedureEvent, NONE),
    (ProcedureClaimEvent, NONE),
    (DefinitionEvent, NONE),
    (ReportEvent, NONE),
    (TaskEvent, NONE),
    (SlaEvent, NONE),
    (KeyEvent, NONE),
    (SealingEvent, NONE),
    (AutomationEvent, NONE),
    (SwitchEvent, NONE),
    (ErasureEvent, NONE),
    (PersonalDataErased, NONE),
)
"""Unions of event classes, with the upcasters of their older payloads."""


@cache
def register_event_types() -> Mapping[str, type[Event]]:
    """Registers all event types once in a process; returns the class of each topic. Raises PluginError."""
    for union, upcasters in _OWN:
        EVENT_TYPES.register(get_args(union) or (union,), upcasters)
    own_kinds = {_kind_of(topic) for topic in EVENT_TYPES.classes}
    for name, module in plugins(GROUP):
        try:
            register_module(EVENT_TYPES, own_kinds, module)
        except (AttributeError, TypeError, ValueError) as error:
            raise PluginError(f"The event types of {name} cannot be registered: {error}.") from error
    return EVENT_TYPES.classes


def register_module(event_types: EventTypes, own_kinds: set[str], module: Any) -> None:
    """Registers the EVENTS and UPCASTERS of a plug-in's module.

    Raises ValueError for an event on a stream of the product: its rules and projections would meet an unknown fact.
    """
    for cls in module.EVENTS:
        kind, _, what = cls.topic.partition(".")
        if not kind or not what or kind in own_kinds:
            taken = ", ".join(sorted(own_kinds))
            raise ValueError(
                f"the topic {cls.topic!r} is not 'kind.what' with a kind of its own; {taken} are the product's"
            )
    event_types.register(module.EVENTS, getattr(module, "UPCASTERS", NONE))


def _kind_of(topic: str) -> str:
    return topic.partition(".")[0]
