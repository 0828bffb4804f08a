"""The values that a rule takes from its subject, its event or its due instance for the placeholders of templates."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from domain.automation.fields import plain
from domain.event_log.event_types import EVENT_TYPES

LONGEST_VALUE = 1_000
"""The characters of a value for a template."""
_OF_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "score": "rating", "level": "level", "product": "product", "metric": "metric", "limit": "limit",
        "milestone": "milestone", "priority": "priority", "step": "step", "title": "task", "target": "target",
        "purchase_id": "purchase", "due_at": "due_at", "expected_by": "expected_by", "at": "callback_at",
        "items": "product",
    }
)  # fmt: skip
"""Fields of payloads that templates may name, and the placeholders."""
_OF_EVERY_SUBJECT = frozenset({"tenant", "customer_name", "tier"})
_OF_TICKETS = frozenset({"ticket_reference", "ticket_subject", "priority", "agent", "team"})
_OF_CONTRACTS = frozenset({"contract_number", "ends_on", "agent"})
_MAY_BE_ABOUT_A_TICKET = frozenset({"ticket", "task", "procedure", "notification", "feedback"})


def given_for(kinds: Collection[str], topics: Collection[str], of_instances: Collection[str] | None) -> frozenset[str]:
    """The placeholders that a rule about some kinds of streams may have values for.

    ``of_instances`` are those of its due function; None for a rule on ``topics``.
    """
    fields = {field for topic in topics for field in EVENT_TYPES.classes[topic].model_fields}
    given = _OF_EVERY_SUBJECT | {name for field, name in _OF_FIELDS.items() if field in fields}
    if of_instances is not None:
        given |= {"due_at", *of_instances}
    if not _MAY_BE_ABOUT_A_TICKET.isdisjoint(kinds):
        given |= _OF_TICKETS
    return frozenset(given | _OF_CONTRACTS if "contract" in kinds else given)


def values_of(payload: Any, local: Callable[[datetime], str]) -> dict[str, str]:
    """The values that stand in the payload of an event. ``local`` is an instant as people of the tenant read it."""
    texts = [(name, _text(getattr(payload, field, None), local)) for field, name in _OF_FIELDS.items()]
    return {name: text[:LONGEST_VALUE] for name, text in texts if text}


def _text(value: Any, local: Callable[[datetime], str]) -> str | None:
    """A value of a payload as people read it; None for what is no plain value."""
    if isinstance(value, datetime):
        return local(value)
    if isinstance(value, tuple):
        return ", ".join(part.name for part in value if hasattr(part, "name"))
    has = plain(value)
    return f"{has:g}" if isinstance(has, float) else None if has is None else str(has)
