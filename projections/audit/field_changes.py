"""Which fields of its stream each event changed, from what to what, read off the fold that decides."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from types import MappingProxyType
from typing import Any, TypedDict

from domain.command_handling.aggregates import aggregate_of
from domain.customer.events import CustomerEvent, CustomerRegistered
from domain.customer.state import Customer
from domain.envelope import RecordedEvent
from domain.sla.policy.publishing import Published
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import life_of, rule_states
from projections.engine.projection import in_world_order, kind_of

Value = str | int | tuple[str, ...] | None
Fields = dict[str, Value]


class FieldChange(TypedDict):
    """None: the field held nothing. ``details.x`` is the field x of the system a history was imported from."""

    field: str
    old: Value
    new: Value


def changes_of(history: Sequence[RecordedEvent]) -> Iterator[list[FieldChange]]:
    """For each event of one stream, in the order given, the fields that it changed."""
    if not history:
        return
    kind = kind_of(history[0])
    before = aggregate_of(kind).initial
    fields: Fields = {}
    for event, state in zip(history, _states(kind, history), strict=True):
        payload = event.payload
        now = {} if state is before else _fields_of(state)  # the same object has no other fields: saves comparing them
        for name, field in _SAID.get(type(payload), {}).items():
            now[field] = _plain(getattr(payload, name))
        if type(payload) is e.TicketDetailsChanged:
            yield [
                {"field": f"details.{name}", "old": change.old, "new": change.new}
                for name, change in payload.changes.items()
            ]
        else:
            yield [
                {"field": field, "old": old, "new": new}
                for field, new in now.items()
                if (old := fields.get(field)) != new
            ]
        before = state
        fields.update(now)


def state_as_of(
    history: Sequence[RecordedEvent], *, known_at: datetime | None = None, as_of: datetime | None = None
) -> Fields:
    """Every field of one stream that held something then; empty when there was nothing yet.

    ``known_at`` leaves out what was recorded later; ``as_of`` leaves out what happened later and places facts as every
    report does. Without ``as_of`` they stand in recorded order, as they do for the rules.
    """
    known = [event for event in history if known_at is None or event.recorded_at <= known_at]
    if as_of is not None:
        known = in_world_order([event for event in known if event.occurred_at <= as_of])
        if life := life_of(known):
            known = [step.event for step in life]
    fields: Fields = {}
    for changes in changes_of(known):
        fields.update({change["field"]: change["new"] for change in changes})
    return {field: value for field, value in fields.items() if value is not None}


def _states(kind: str, history: Sequence[RecordedEvent]) -> Sequence[Any]:
    """What the stream had come to after each event."""
    if kind == "ticket":
        return rule_states(history)
    of = aggregate_of(kind)
    folded = accumulate(
        history, lambda state, event: of.evolve(state, event.payload, event.occurred_at), initial=of.initial
    )
    return list(folded)[1:]


def _fields_of(state: Ticket | Customer | Published) -> Fields:
    if isinstance(state, Ticket):
        escalated_to, level = state.escalation or (None, None)
        score, comment = state.rating or (None, None)
        return {
            "state": None if state.state == "none" else state.state,
            "waiting_for": state.waiting_for,
            "team": state.team,
            "agent": state.agent,
            "category": state.category,
            "priority": state.priority,
            "escalated_to": escalated_to,
            "escalation_level": level,
            "rating": score,
            "rating_comment": comment,
            "merged_into": _plain(state.merged_into),
        }
    if isinstance(state, Published):
        return {
            "version": state.version or None,
            "effective_from": state.effective_from.isoformat() if state.effective_from else None,
            "name": state.content.name if state.content else None,
        }
    return {
        "state": None if state.state == "none" else state.state,
        "name": state.name,
        "tier": state.tier,
        "addresses": tuple(sorted(f"{channel}:{handle}" for channel, handle in state.addresses)) or None,
    }


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else str(value)


_SAID: Mapping[type[e.TicketEvent | CustomerEvent], Mapping[str, str]] = MappingProxyType(
    {
        e.TicketReceived: {
            "customer_id": "customer",
            "channel": "channel",
            "subject": "subject",
            "external_reference": "external_reference",
        },
        e.TicketResolved: {"resolution": "resolution", "code": "resolution_code"},
        e.TicketClosed: {"closed_by": "closed_by"},
        e.TicketCancelled: {"cancelled_by": "cancelled_by", "cancelled_as": "cancelled_as"},
        CustomerRegistered: {"external_reference": "external_reference"},
    }
)
"""What decisions need no memory of, but an auditor does: attribute of the payload -> field."""
