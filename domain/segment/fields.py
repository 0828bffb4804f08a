"""The fields that conditions of segments compare: what each one reads from a customer, and what it needs."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.customer.facts.permission import SILENCE, permission
from domain.health.health import Health, HealthScore
from domain.health.measures import READ_BY_MEASURES, days_left
from domain.health.summary import CustomerSummary, Part
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
    health: Callable[[], Health | HealthScore]


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

    ``parts`` are those of the summary that it reads. ``by_events``: it changes by events alone, not as time goes on.
    """

    kind: FieldKind
    read: Callable[[Customer360, Parameters], Value]
    parts: frozenset[Part]
    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
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
_CURRENCY = frozenset({"currency"})


def _of(*parts: Part) -> frozenset[Part]:
    return frozenset(parts)


PURPOSES = frozenset(SILENCE)
"""The purposes of consent."""

FIELDS: Mapping[FieldName, SegmentField] = MappingProxyType(
    {
        "tier": SegmentField("text", _attribute("tier"), _of("who"), by_events=True),
        "party": SegmentField("text", _attribute("party"), _of("who"), by_events=True),
        "organisation": SegmentField("text", _organisations, _of("organisations"), by_events=True),
        "registered_days": SegmentField("number", _registered_days, _of("who")),
        "band": SegmentField("text", lambda customer, _given: customer.health().band, READ_BY_MEASURES),
        "health": SegmentField("number", lambda customer, _given: customer.health().score, READ_BY_MEASURES),
        "open_tickets": SegmentField("number", _open_tickets, _of("tickets"), by_events=True),
        "tickets": SegmentField("number", _tickets, _of("tickets"), _DAYS),
        "purchases": SegmentField("number", _purchases, _of("purchases"), _DAYS),
        "purchased": SegmentField("number", _purchased, _of("purchases"), _DAYS | _CURRENCY),
        "contract_in_force": SegmentField("yes_no", _contract_in_force, _of("contracts")),
        "contract_days_left": SegmentField("number", _contract_days_left, _of("contracts")),
        "usage": SegmentField("number", _usage, _of("usage"), frozenset({"days", "metric"}), frozenset({"product"})),
        "nps": SegmentField("number", _nps, _of("nps"), optional=_DAYS),
        "consent": SegmentField("yes_no", _consent, _of("consents"), frozenset({"purpose"}), frozenset({"channel"})),
        "days_since_contact": SegmentField("number", _days_since_contact, _of("contacts")),
    }
)
"""By name."""
