"""The fields that conditions of segments compare: what each one reads from a customer, and what it needs."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.customer.facts.permission import SILENCE, permission
from domain.health.health import Health
from domain.health.measures import days_left
from domain.health.summary import CustomerSummary
from domain.predicate import FieldKind, Value
from domain.text_folding import fold_name

FieldName = Literal[
    "tier",
    "party",
    "organisation",
    "registered_days",
    "band",
    "health",
    "open_tickets",
    "tickets",
    "purchases",
    "purchased",
    "contract_in_force",
    "contract_days_left",
    "usage",
    "nps",
    "consent",
    "days_since_contact",
]


class Customer360(NamedTuple):
    """What conditions are judged on. ``health`` is computed when a condition asks for it."""

    summary: CustomerSummary
    health: Callable[[], Health]


class Parameters(NamedTuple):
    """What a condition says besides its field; None where it says nothing."""

    days: int | None = None
    currency: str | None = None
    product: str | None = None
    metric: str | None = None
    purpose: str | None = None
    channel: str | None = None


class SegmentField(NamedTuple):
    """``kind`` says which comparisons fit, ``needed`` and ``optional`` which parameters a condition gives.

    ``streams`` are the kinds of streams that it reads beside those of customers. ``by_events``: it changes by events
    alone, and not as time goes on.
    """

    kind: FieldKind
    read: Callable[[Customer360, Parameters], Value]
    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    by_events: bool = False


def _organisations(customer: Customer360, _given: Parameters) -> Value:
    return frozenset(map(str, customer.summary.organisations))


def _registered_days(customer: Customer360, _given: Parameters) -> Value:
    registered = customer.summary.registered_at
    return None if registered is None else customer.summary.days_since(registered)


def _open_tickets(customer: Customer360, _given: Parameters) -> Value:
    return float(sum(ticket.is_open for ticket in customer.summary.tickets))


def _tickets(customer: Customer360, given: Parameters) -> Value:
    since = customer.summary.since(given.days or 0)
    return float(sum(ticket.counts and ticket.received_at > since for ticket in customer.summary.tickets))


def _purchases(customer: Customer360, given: Parameters) -> Value:
    since = customer.summary.since(given.days or 0)
    return float(sum(purchase.kept and purchase.at > since for purchase in customer.summary.purchases))


def _purchased(customer: Customer360, given: Parameters) -> Value:
    since = customer.summary.since(given.days or 0)
    bought = (each for each in customer.summary.purchases if each.currency == given.currency and each.at > since)
    return float(sum(purchase.total for purchase in bought))


def _contract_in_force(customer: Customer360, _given: Parameters) -> Value:
    return any(contract.in_force for contract in customer.summary.contracts)


def _contract_days_left(customer: Customer360, _given: Parameters) -> Value:
    summary = customer.summary
    left = [days_left(summary, each.ends_on, renews=False) for each in summary.contracts if each.in_force]
    return min(left, default=None)


def _usage(customer: Customer360, given: Parameters) -> Value:
    first = customer.summary.day - timedelta(days=given.days or 0)
    metric, product = fold_name(given.metric or ""), given.product and fold_name(given.product)
    values = [
        day.value
        for day in customer.summary.usage
        if day.metric == metric and product in {None, day.product} and day.day > first
    ]
    return sum(values) if values else None


def _nps(customer: Customer360, given: Parameters) -> Value:
    since = customer.summary.since(given.days) if given.days else None
    answers = [answer for answer in customer.summary.nps if since is None or answer.at > since]
    return answers[-1].score if answers else None


def _consent(customer: Customer360, given: Parameters) -> Value:
    words = (customer.summary.consents or {}).get(given.purpose or "", ())
    return permission(given.purpose or "", given.channel or "", words, customer.summary.day).allowed


def _days_since_contact(customer: Customer360, _given: Parameters) -> Value:
    contacts = customer.summary.contacts
    return customer.summary.days_since(contacts[-1]) if contacts else None


def _attribute(name: str) -> Callable[[Customer360, Parameters], Value]:
    def read(customer: Customer360, _given: Parameters) -> Value:
        value: Value = getattr(customer.summary, name)
        return value

    return read


_DAYS = frozenset({"days"})
_TICKETS, _CONTRACTS, _USAGE = frozenset({"ticket"}), frozenset({"contract"}), frozenset({"usage"})
_EVERY_STREAM = _TICKETS | _CONTRACTS | _USAGE
PURPOSES = frozenset(SILENCE)
"""The purposes of consent."""

FIELDS: Mapping[FieldName, SegmentField] = MappingProxyType(
    {
        "tier": SegmentField("text", _attribute("tier"), by_events=True),
        "party": SegmentField("text", _attribute("party"), by_events=True),
        "organisation": SegmentField("text", _organisations, by_events=True),
        "registered_days": SegmentField("number", _registered_days),
        "band": SegmentField("text", lambda customer, _given: customer.health().band, streams=_EVERY_STREAM),
        "health": SegmentField("number", lambda customer, _given: customer.health().score, streams=_EVERY_STREAM),
        "open_tickets": SegmentField("number", _open_tickets, streams=_TICKETS, by_events=True),
        "tickets": SegmentField("number", _tickets, _DAYS, streams=_TICKETS),
        "purchases": SegmentField("number", _purchases, _DAYS),
        "purchased": SegmentField("number", _purchased, frozenset({"days", "currency"})),
        "contract_in_force": SegmentField("yes_no", _contract_in_force, streams=_CONTRACTS),
        "contract_days_left": SegmentField("number", _contract_days_left, streams=_CONTRACTS),
        "usage": SegmentField("number", _usage, frozenset({"days", "metric"}), frozenset({"product"}), streams=_USAGE),
        "nps": SegmentField("number", _nps, optional=_DAYS),
        "consent": SegmentField("yes_no", _consent, frozenset({"purpose"}), frozenset({"channel"})),
        "days_since_contact": SegmentField("number", _days_since_contact, streams=_TICKETS),
    }
)
"""By name."""
