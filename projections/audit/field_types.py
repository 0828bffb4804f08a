"""What a field of an event holds: the type that its class declares, and the vocabulary of its codes."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from domain.event_types import register_event_types
from domain.messages import Event

VOCABULARY_OF_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "channel": "channel",
        "channels": "channel",
        "waiting_for": "waiting_for",
        "closed_by": "closed_by",
        "cancelled_by": "cancelled_by",
        "cancelled_as": "cancelled_as",
        "target": "target",
        "party": "party",
        "tier": "tier",
        "category": "category",
        "priority": "priority",
        "method": "method",
        "trust": "trust of an address",
        "purpose": "purpose",
        "subject_kind": "stream kind",
        "file.attached.of": "stream kind",
        "file.scanned.verdict": "verdict of a scan",
        "erasure.requested.law": "law",
        "erasure.requested.through": "channel",
        "customer.match_proposed.alike": "alike",
        "customer.match_proposed.because": "alike",
        "automation.shadowed.commands": "effect",
        "ticket.resolved.code": "resolution code",
        "report.issued.name": "report name",
        "key.created.actor_kind": "kind of an actor",
        "notification.requested.template": "template",
        "notification.requested.to_kind": "kind of a recipient",
        "feedback.noted.polarity": "polarity",
        "switch.stopped.what": "what",
        "switch.resumed.what": "what",
        "customer.note_added.about": "about",
        "customer.date_recorded.name": "annual day",
        "customer.date_removed.name": "annual day",
        "definition.published.kind": "definition kind",
        "definition.published.name": "definition name",
        "procedure.step_opened.kind": "step kind",
        "procedure.step_done.result": "result of a step",
        "procedure.completed.outcome": "result of a step",
        "procedure.step_opened.role": "role",
        "task.opened.source": "source",
        "ticket.effort_logged.kind": "kind of an effort",
        "automation.passed_over.rule": "source",
        "automation.passed_over.why": "why",
        "automation.suspended.why": "why",
        "notification.failed.why": "why",
        "notification.postponed.why": "why",
        "notification.suppressed.why": "why",
    }
)
"""By field, or by topic and field where the field is another thing in other topics."""


def type_of(topic: str, field: str) -> Any:
    """The type of a field; of an optional one or a list, of what it holds. None of a topic or field without a class."""
    event_type = register_event_types().get(topic)
    return None if event_type is None else _type_in(event_type, field)


def vocabulary_of(topic: str, field: str) -> str | None:
    """The vocabulary of the codes in a text field; None where people write the text."""
    if type_of(topic, field) is not str:
        return None
    return VOCABULARY_OF_FIELD.get(f"{topic}.{field}") or VOCABULARY_OF_FIELD.get(field)


def names_a_stream(topic: str, field: str) -> bool:
    """Whether a field holds the ids of streams."""
    return type_of(topic, field) is UUID or (topic, field) == ("notification.requested", "to")


@cache
def _type_in(event_type: type[Event], field: str) -> Any:
    declared = event_type.model_fields.get(field)
    return None if declared is None else _held(declared.annotation)


def _held(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, UnionType, tuple):
        return annotation
    return _held(next(each for each in get_args(annotation) if each is not type(None)))
