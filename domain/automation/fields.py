"""The fields that conditions of rules compare, and what each reads."""

import re
import types
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, Self, Union, get_args, get_origin
from uuid import UUID

from pydantic import AfterValidator, model_validator

from domain.contract.state import Contract
from domain.due.instance import DueInstance
from domain.envelope import RecordedEvent
from domain.messages import Event, Word
from domain.predicate import FieldKind, Value
from domain.segment.fields import FIELDS
from domain.segment.predicate import ConditionParameters
from domain.ticket.state import Ticket


class TicketFacts(NamedTuple):
    """A ticket that the subject of a rule is, or is about. ``channel`` and ``reference`` are those of its receipt."""

    ticket: Ticket
    channel: str
    reference: str | None


class ContractFacts(NamedTuple):
    """A contract that the subject of a rule is; ``days_left`` counts local days to the end of its term."""

    contract: Contract
    number: str
    days_left: int | None


class TicketField(NamedTuple):
    kind: FieldKind
    read: Callable[[TicketFacts], Value]


class ContractField(NamedTuple):
    kind: FieldKind
    read: Callable[[ContractFacts], Value]


def _of_ticket(name: str) -> TicketField:
    return TicketField("text", lambda facts: getattr(facts.ticket, name))


TICKET_FIELDS: Mapping[str, TicketField] = MappingProxyType(
    {
        **{
            name: _of_ticket(name)
            for name in ("state", "priority", "category", "team", "agent", "waiting_for", "subject", "cancelled_as")
        },
        "channel": TicketField("text", lambda facts: facts.channel),
        "open": TicketField("yes_no", lambda facts: facts.ticket.is_open),
        "held": TicketField("yes_no", lambda facts: facts.ticket.agent is not None),
        "of_organisation": TicketField(
            "yes_no", lambda facts: facts.ticket.owner is not None and facts.ticket.owner.organisation is not None
        ),
        "escalation_level": TicketField("number", lambda facts: (facts.ticket.escalation or ("", 0))[1]),
        "resolution_code": TicketField("text", lambda facts: facts.ticket.resolution and facts.ticket.resolution[1]),
        "rating": TicketField("number", lambda facts: facts.ticket.rating and facts.ticket.rating[0]),
        "reopenings": TicketField("number", lambda facts: sum(1 for span in facts.ticket.resolved if span.until)),
    }
)
CONTRACT_FIELDS: Mapping[str, ContractField] = MappingProxyType(
    {
        "state": ContractField("text", lambda facts: facts.contract.state),
        "number": ContractField("text", lambda facts: facts.number),
        "owner": ContractField("text", lambda facts: facts.contract.owner),
        "currency": ContractField("text", lambda facts: facts.contract.term and facts.contract.term.currency),
        "value": ContractField("number", lambda facts: facts.contract.term and facts.contract.term.value),
        "term": ContractField("number", lambda facts: facts.contract.term and facts.contract.term.number),
        "auto_renews": ContractField("yes_no", lambda facts: facts.contract.auto_renews),
        "days_left": ContractField("number", lambda facts: facts.days_left),
    }
)
ACTOR_FIELDS: Mapping[str, Callable[[RecordedEvent], Value]] = MappingProxyType(
    {
        "kind": lambda event: event.envelope.actor.kind,
        "id": lambda event: event.envelope.actor.id,
        "channel": lambda event: event.envelope.origin.channel if event.envelope.origin else None,
    }
)
DUE_FIELDS: Mapping[str, FieldKind] = MappingProxyType({"identity": "text", "number": "number"})
"""``number``: the last part of the identity, such as how many of several reminders it is."""
_FIELD = re.compile(r"[a-z]+\.[a-z_0-9]{1,100}")


def _must_name_a_field(written: str) -> str:
    if not _FIELD.fullmatch(written):
        raise ValueError(f"{written!r} is no field: write what it is of, a point and its name, as ticket.priority")
    return written


class RuleCondition(ConditionParameters):
    """A field compared with a value. The name of a field says what it is of:

    ``event.`` a field of the payload, ``actor.`` who recorded it, ``due.`` the due instance, ``ticket.``, ``contract.``
    and ``customer.`` (those of segments) the subject, and ``calendar.open`` whether ``calendar`` is open now.
    """

    field: Annotated[str, AfterValidator(_must_name_a_field)]
    calendar: Word | None = None

    @property
    def of(self) -> str:
        """The part of the name before the point."""
        return self.field.partition(".")[0]

    @property
    def name(self) -> str:
        """The part of the name behind the point."""
        return self.field.partition(".")[2]

    @model_validator(mode="after")
    def _must_fit_its_field(self) -> Self:
        if (self.field == "calendar.open") is (self.calendar is None):
            raise ValueError("calendar.open names a calendar, and no other field does")
        if self.of == "customer" and self.name in FIELDS:
            self.must_fit_field(self.field, FIELDS[self.name])  # type: ignore[index]  # one of them
            return self
        if any(value is not None for value in self.parameters):
            raise ValueError(f"{self.field} takes no parameters of customers' fields")
        if self.of != "event":
            self.must_fit(self.field, _kind_of(self.of, self.name))
        return self


def _kind_of(of: str, name: str) -> FieldKind:
    kinds: Mapping[str, Mapping[str, FieldKind]] = {
        "ticket": {known: field.kind for known, field in TICKET_FIELDS.items()},
        "contract": {known: field.kind for known, field in CONTRACT_FIELDS.items()},
        "customer": {},
        "calendar": {"open": "yes_no"},
        "actor": dict.fromkeys(ACTOR_FIELDS, "text"),
        "due": DUE_FIELDS,
    }
    if of not in kinds:
        raise ValueError(f"a field begins with event, {', '.join(kinds)} and a point")
    if name not in kinds[of]:
        raise ValueError(f"there is no field {of}.{name}: choose one of {', '.join(kinds[of] or FIELDS)}")
    return kinds[of][name]


def event_value(event: RecordedEvent, name: str) -> Value:
    """What stands in a field of an event's payload. Ids and instants are texts; None for what is no plain value."""
    return plain(getattr(event.payload, name, None))


def actor_value(event: RecordedEvent, name: str) -> Value:
    """Who recorded an event."""
    return ACTOR_FIELDS[name](event)


def due_value(due: DueInstance, name: str) -> Value:
    """What a due instance says."""
    if name == "identity":
        return due.identity
    try:
        return float(due.identity.rpartition("/")[2])
    except ValueError:
        return None


def plain(value: Any) -> Value:
    """A value of a payload as conditions compare it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset) and all(isinstance(part, str | UUID) for part in value):
        return frozenset(map(str, value))
    return None


def kind_of_payload_field(event_type: type[Event], name: str) -> FieldKind | None:
    """The kind of a field of a payload; None where the payload has no such field, or one that is no plain value."""
    field = event_type.model_fields.get(name)
    return None if field is None else _kind_of_annotation(field.annotation)


def _kind_of_annotation(annotation: Any) -> FieldKind | None:
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType, Annotated}:
        kinds = (_kind_of_annotation(part) for part in get_args(annotation) if part is not type(None))
        return next((kind for kind in kinds if kind is not None), None)
    if origin in {tuple, list, frozenset}:
        return "text" if _kind_of_annotation(get_args(annotation)[0]) == "text" else None
    if origin is not None:
        return "text"  # a literal
    if annotation is bool:
        return "yes_no"
    if isinstance(annotation, type) and issubclass(annotation, int | float) and not issubclass(annotation, Enum):
        return "number"
    return "text" if isinstance(annotation, type) and issubclass(annotation, str | UUID | date) else None
