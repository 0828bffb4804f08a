"""The fields of its stream that each event changed, with old and new value, from the fold that decisions use."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial, reduce
from itertools import accumulate
from types import MappingProxyType
from typing import Any, TypedDict

from domain.command_handling.contract_stream import CONTRACT
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream, is_fact
from domain.command_handling.definition_stream import CALENDAR, DEFINITION, POLICY
from domain.command_handling.handler import Aggregate
from domain.command_handling.task_stream import TASK
from domain.contract.state import Contract
from domain.customer.events import CustomerEvent, CustomerRegistered
from domain.definitions.state import PublishedDefinition
from domain.envelope import RecordedEvent
from domain.sla.policy.publishing import Published
from domain.task.state import Task
from domain.ticket import events as e
from domain.ticket.state import Ticket
from projections.engine.stream import Stream

Value = str | int | tuple[str, ...] | None
Fields = dict[str, Value]


_FOLDED: Mapping[str, Aggregate] = MappingProxyType(
    {aggregate.kind: aggregate for aggregate in (CUSTOMER, CONTRACT, POLICY, CALENDAR, DEFINITION, TASK)}
)
"""The aggregates whose state has fields, besides tickets. The events of all others say everything themselves."""


class FieldChange(TypedDict):
    """None: the field held nothing. ``details.x`` is the field x of the system a history was imported from."""

    field: str
    old: Value
    new: Value


def changes_of(stream: Stream) -> Iterator[list[FieldChange]]:
    """For each new event of a stream, in recorded order, the fields that it changed."""
    old, new = stream.all[: stream.new_from], stream.new
    if stream.kind == "customer" and all(is_fact(event.payload) for event in new):
        yield from ([] for _ in new)
        return
    before, states = _states(stream)
    fields: Fields = {} if before is None else _fields_of(before)
    known: Fields = {}
    for event in old:
        for name, field in _WRITTEN_FIELDS.get(type(event.payload), {}).items():
            known[field] = _plain(getattr(event.payload, name))
    for event, state in zip(new, states, strict=True):
        payload = event.payload
        changes: list[FieldChange] = []
        if state is not before:
            old_fields, fields = fields, _fields_of(state)
            changes = _changed(old_fields, fields)
            before = state
        if (written := _WRITTEN_FIELDS.get(type(payload))) is not None:
            for name, field in written.items():
                was, now = known.get(field), _plain(getattr(payload, name))
                if now != was:
                    changes.append({"field": field, "old": was, "new": now})
                    known[field] = now
        if type(payload) is e.TicketDetailsChanged:
            changes = [
                {"field": f"details.{name}", "old": change.old, "new": change.new}
                for name, change in payload.changes.items()
            ]
        yield changes


def _changed(old: Fields, new: Fields) -> list[FieldChange]:
    """The fields that differ; every event of every stream comes here."""
    if old.keys() == new.keys():
        return [{"field": field, "old": old[field], "new": now} for field, now in new.items() if old[field] != now]
    return [  # details come and go
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in old | new
        if old.get(field) != new.get(field)
    ]


def _states(stream: Stream) -> tuple[Any, Sequence[Any]]:
    """The state before the new events, and the one after each of them, in recorded order."""
    if stream.kind == "ticket":
        states = stream.timeline.rule_states
        return (states[stream.new_from - 1] if stream.new_from else Ticket()), states[stream.new_from :]
    aggregate = _FOLDED.get(stream.kind)
    if aggregate is None:
        return None, [None] * len(stream.new)
    after = partial(_after, aggregate)
    before = reduce(after, stream.all[: stream.new_from], aggregate.initial)
    return before, list(accumulate(stream.new, after, initial=before))[1:]


def _after(aggregate: Aggregate, state: Any, event: RecordedEvent) -> Any:
    """The state after one more event; the facts of a customer are left out of it."""
    payload = event.payload
    return state if is_fact(payload) else aggregate.after(state, payload, event.occurred_at)


def _fields_of(state: Ticket | CustomerStream | Contract | Published | PublishedDefinition | Task) -> Fields:
    if isinstance(state, Ticket):
        escalated_to, level = state.escalation or (None, None)
        score, comment = state.rating or (None, None)
        return {
            "state": None if state.state == "none" else state.state,
            "waiting_for": state.waiting_for,
            "hold_until": _instant(state.hold_until),
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
    if isinstance(state, Contract):
        number, starts_on, ends_on, value, currency = state.term or (None,) * 5
        return {
            "state": None if state.state == "none" else state.state,
            "term": number,
            "starts_on": _plain(starts_on),
            "ends_on": _plain(ends_on),
            "value": value,
            "currency": currency,
            "auto_renews": _plain(state.auto_renews or None),
            "owner": state.owner,
            "terminated_on": _plain(state.terminated_on),
        }
    if isinstance(state, Task):
        return {
            "state": None if state.state == "none" else state.state,
            "team": state.team,
            "agent": state.agent,
            "due_at": _instant(state.due_at),
            "result": state.result,
        }
    if isinstance(state, PublishedDefinition):
        newest = state.versions[-1] if state.versions else None
        return {
            "version": newest and newest.version,
            "effective_from": newest and newest.effective_from.isoformat(),
        }
    customer = state.customer
    return {
        "state": None if customer.state == "none" else customer.state,
        "name": customer.name,
        "tier": customer.tier,
        "party": None if customer.party == "person" else customer.party,
        "addresses": tuple(sorted(f"{address.channel}:{address.handle}" for address in customer.addresses)) or None,
        "merged_into": _plain(customer.merged_into),
        **{f"details.{name}": value for name, value in customer.details},
    }


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else str(value)


_WRITTEN_FIELDS: Mapping[type[e.TicketEvent | CustomerEvent], Mapping[str, str]] = MappingProxyType(
    {
        e.TicketReceived: {
            "customer_id": "customer",
            "channel": "channel",
            "subject": "subject",
            "external_reference": "external_reference",
            "organisation_id": "organisation",
        },
        e.CustomerCorrected: {"customer_id": "customer", "organisation_id": "organisation"},
        e.SubjectChanged: {"subject": "subject"},
        e.ExpectedByTold: {"expected_by": "expected_by"},
        e.TicketResolved: {"resolution": "resolution", "code": "resolution_code"},
        e.TicketClosed: {"closed_by": "closed_by"},
        e.TicketCancelled: {"cancelled_by": "cancelled_by", "cancelled_as": "cancelled_as"},
        CustomerRegistered: {"external_reference": "external_reference"},
    }
)
"""Fields that decisions do not need and an auditor does: attribute of the payload -> field."""
