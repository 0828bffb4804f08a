"""The slow second way to the facts of a customer: one walk over the whole log, straight from the definitions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.customer import events as e
from domain.customer.facts import events as f
from domain.envelope import RecordedEvent
from domain.health.summary import CustomerSummary
from domain.ticket import events as t
from domain.usage.events import UsageRecorded

HANOI = timedelta(hours=7)
"""The zone of local days without settings."""


def same_person(log: Sequence[RecordedEvent], customer: UUID, at: datetime) -> tuple[UUID, set[UUID]]:
    """The survivor of a customer by an instant, and everybody with the same survivor."""
    into: dict[UUID, UUID] = {}
    known = set()
    for event in log:
        if event.occurred_at <= at and event.kind == "customer":
            known.add(event.stream)
            if isinstance(event.payload, e.CustomerMerged):
                into[event.stream] = event.payload.into
            if isinstance(event.payload, e.CustomerMergeUndone):
                del into[event.stream]

    def end_of(customer_id: UUID) -> UUID:
        while customer_id in into:
            customer_id = into[customer_id]
        return customer_id

    survivor = end_of(customer)
    return survivor, {customer_id for customer_id in known if end_of(customer_id) == survivor}


def plain_facts(log: Sequence[RecordedEvent], customer: UUID, at: datetime) -> dict[str, Any]:  # noqa: C901 -- one case a kind of event
    """Facts of a customer by an instant. The log holds what was known."""
    survivor, people = same_person(log, customer, at)
    owners: dict[UUID, UUID] = {}
    for event in log:
        if isinstance(event.payload, t.TicketReceived | t.CustomerCorrected):
            owners[event.stream] = event.payload.customer_id
    happened = [event for event in log if event.occurred_at <= at]
    received, contacts, bought, used, answers = set(), [], {}, {}, []
    own = [event.payload for event in sorted(happened, key=attrgetter("occurred_at")) if event.stream == survivor]
    tiers = [payload.tier for payload in own if isinstance(payload, e.CustomerRegistered | e.TierChanged)]
    for event in happened:
        payload: Any = event.payload
        if owners.get(event.stream) in people:
            if isinstance(payload, t.TicketReceived):
                received.add(event.stream)
            if isinstance(payload, t.TicketReceived | t.MessageReceived):
                contacts.append(event.occurred_at)
        if event.stream in people:
            if isinstance(payload, f.PurchaseRecorded):
                bought[event.stream, payload.purchase_id] = payload.total
            if isinstance(payload, f.PurchaseReturned):
                bought[event.stream, payload.purchase_id] -= payload.total
            if isinstance(payload, f.NpsAnswered):
                answers.append((event.occurred_at, payload.score))
        of_them = isinstance(payload, UsageRecorded) and payload.customer_id in people
        if of_them and payload.day <= (at + HANOI).date():
            used[payload.customer_id, payload.product, payload.metric, payload.day] = payload.value
    return {
        "customer": survivor,
        "tier": tiers[-1] if tiers else None,
        "tickets": received,
        "contacts": sorted(contacts),
        "bought": sum(bought.values()),
        "used": {key[1:]: sum(value for other, value in used.items() if other[1:] == key[1:]) for key in used},
        "nps": sorted(answers),
    }


def facts_of(summary: CustomerSummary) -> dict[str, Any]:
    """The same facts of a summary."""
    return {
        "customer": summary.customer,
        "tier": summary.tier,
        "tickets": {ticket.ticket for ticket in summary.tickets},
        "contacts": list(summary.contacts),
        "bought": sum(purchase.total for purchase in summary.purchases),
        "used": {(day.product, day.metric, day.day): day.value for day in summary.usage},
        "nps": sorted((answer.at, answer.score) for answer in summary.nps),
    }
