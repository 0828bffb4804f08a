"""The kinds of a timeline's entries: what people ask for, and the topics that each stands for."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal, get_args

from domain.automation.events import AutomationEvent
from domain.contract.events import ContractEvent
from domain.customer.events import CustomerEvent
from domain.customer.facts import events as facts
from domain.erasure.events import ErasureEvent, PersonalDataErased
from domain.feedback.events import FeedbackEvent
from domain.file.events import FileEvent
from domain.messages import Event
from domain.notification.events import NotificationEvent
from domain.procedure.events import ProcedureEvent
from domain.segment.events import SegmentEvent
from domain.sla.events import TargetInstanceEvent
from domain.task.events import TaskEvent
from domain.ticket import events as tickets
from domain.usage.events import UsageEvent

Kind = Literal[
    "identity",
    "ticket",
    "message",
    "purchase",
    "offer",
    "contract",
    "usage",
    "answer",
    "contact",
    "note",
    "consent",
    "date",
    "activity",
    "feedback",
    "file",
    "segment",
    "notification",
    "procedure",
    "sla",
    "automation",
    "task",
    "erasure",
]
"""``message``: what customer and desk wrote to each other. ``answer``: ratings and NPS. ``contact``: check-ins."""

_MESSAGES = (tickets.MessageReceived, tickets.ReplySent)
_ANSWERS = (tickets.SatisfactionRated, facts.NpsAnswered)
_NOTES = (tickets.NoteAdded, facts.CustomerNoteAdded)


def _members(union: object) -> tuple[type[Event], ...]:
    return get_args(union) or (union,)


_EVENTS: Mapping[Kind, Collection[type[Event]]] = MappingProxyType(
    {
        "identity": _members(CustomerEvent),
        "ticket": tuple(set(_members(tickets.TicketEvent)) - {*_MESSAGES, *_ANSWERS, *_NOTES}),
        "message": _MESSAGES,
        "purchase": (
            facts.PurchaseRecorded,
            facts.PurchaseCorrected,
            facts.PurchaseReturned,
            facts.PurchaseServiced,
        ),
        "offer": (facts.OfferMade, facts.OfferAccepted, facts.OfferDeclined),
        "contract": _members(ContractEvent),
        "usage": _members(UsageEvent),
        "answer": _ANSWERS,
        "contact": (facts.CheckInRecorded,),
        "note": _NOTES,
        "consent": (facts.ConsentGiven, facts.ConsentWithdrawn),
        "date": (facts.DateRecorded, facts.DateRemoved),
        "activity": (facts.ActivityRecorded,),
        "feedback": _members(FeedbackEvent),
        "file": _members(FileEvent),
        "segment": _members(SegmentEvent),
        "notification": _members(NotificationEvent),
        "procedure": _members(ProcedureEvent),
        "sla": _members(TargetInstanceEvent),
        "automation": _members(AutomationEvent),
        "task": _members(TaskEvent),
        "erasure": (*_members(ErasureEvent), PersonalDataErased),
    }
)
TOPICS: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {kind: frozenset(event.topic for event in events) for kind, events in _EVENTS.items()}
)
"""The topics of each kind. Every topic of a customer's streams belongs to one kind."""
KIND_OF: Mapping[str, Kind] = MappingProxyType({topic: kind for kind, topics in TOPICS.items() for topic in topics})
"""The kind of each topic."""
