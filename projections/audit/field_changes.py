"""The fields of its stream that each event changed, with old and new value, from the fold that decisions use."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any, TypedDict

from domain.command_handling.aggregates import aggregate_of
from domain.command_handling.customer_stream import CustomerStream, is_fact
from domain.contract.state import Contract
from domain.customer.events import CustomerEvent, CustomerRegistered
from domain.definitions.publishing import PublishedDefinition
from domain.sla.policy.publishing import Published
from domain.ticket import events as e
from domain.ticket.state import Ticket
from projections.engine.stream import Stream

Value = str | int | tuple[str, ...] | None
Fields = dict[str, Value]


_WITHOUT_FIELDS = frozenset({"usage", "feedback", "file", "segment"})
"""Kinds of streams whose events say everything themselves."""


class FieldChange(TypedDict):
    """None: the field held nothing. ``details.x`` is the field x of the system a history was imported from."""

    field: str
    old: Value
    new: Value


def changes_of(stream: Stream) -> Iterator[list[FieldChange]]:
    """For each event of a stream, in recorded order, the fields that it changed."""
    before = Ticket() if stream.kind == "ticket" else aggregate_of(stream.kind).initial
    fields: Fields = {} if stream.kind in _WITHOUT_FIELDS else _fields_of(before)
    said: Fields = {}
    for event, state in zip(stream.all, _states(stream), strict=True):
        payload = event.payload
        changes: list[FieldChange] = []
        if state is not before:
            old_fields, fields = fields, _fields_of(state)
            names = fields if fields.keys() == old_fields.keys() else old_fields | fields  # details come and go
            changes = [
                {"field": field, "old": old_fields.get(field), "new": fields.get(field)}
                for field in names
                if old_fields.get(field) != fields.get(field)
            ]
            before = state
        if (names := _SAID.get(type(payload))) is not None:
            for name, field in names.items():
                old, new = said.get(field), _plain(getattr(payload, name))
                if new != old:
                    changes.append({"field": field, "old": old, "new": new})
                    said[field] = new
        if type(payload) is e.TicketDetailsChanged:
            changes = [
                {"field": f"details.{name}", "old": change.old, "new": change.new}
                for name, change in payload.changes.items()
            ]
        yield changes


def _states(stream: Stream) -> Sequence[Any]:
    """The state after each event, in recorded order."""
    if stream.kind == "ticket":
        return stream.timeline.rule_states
    aggregate = aggregate_of(stream.kind)
    if stream.kind in _WITHOUT_FIELDS:
        return [aggregate.initial] * len(stream.all)
    folded = accumulate(
        stream.all,
        lambda state, event: (
            state if is_fact(event.payload) else aggregate.evolve(state, event.payload, event.occurred_at)
        ),
        initial=aggregate.initial,
    )
    return list(folded)[1:]


def _fields_of(state: Ticket | CustomerStream | Contract | Published | PublishedDefinition) -> Fields:
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


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else str(value)


_SAID: Mapping[type[e.TicketEvent | CustomerEvent], Mapping[str, str]] = MappingProxyType(
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
        e.TicketResolved: {"resolution": "resolution", "code": "resolution_code"},
        e.TicketClosed: {"closed_by": "closed_by"},
        e.TicketCancelled: {"cancelled_by": "cancelled_by", "cancelled_as": "cancelled_as"},
        CustomerRegistered: {"external_reference": "external_reference"},
    }
)
"""Fields that decisions do not need and an auditor does: attribute of the payload -> field."""
