"""The placeholders that a template may name, each with what stands in its place."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from domain import readable
from domain.zones import TimeZone

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "agent": "the name of the agent who holds the ticket or the task",
        "callback_at": "the local time of a promised call-back",
        "contract_number": "the number of the contract",
        "customer_name": "the name of the customer",
        "day": "the local day that the reminder is about",
        "days": "a number of days, such as those before a contract ends",
        "decision": "the decision on a complaint",
        "due_at": "the local time at which something is due",
        "ends_on": "the last day of the contract's term",
        "expected_by": "the local time by which the customer may expect the solution",
        "level": "the level of an escalation",
        "limit": "the limit of a metric of usage",
        "link": "the address of a page, such as a survey or a guide",
        "metric": "the metric of usage",
        "milestone": "the name of a milestone",
        "occasion": "the name of a date of the customer, such as birthday",
        "percent": "a share in percent",
        "priority": "the priority of the ticket",
        "procedure": "the title of the procedure",
        "product": "the name of the product",
        "purchase": "the number of the purchase",
        "rating": "the rating that the customer gave",
        "reason": "the reason that was given",
        "remedy": "the remedy that is proposed or was sought",
        "since": "the local time from which on something waits",
        "step": "the title of the step",
        "target": "the name of the SLA target",
        "task": "the title of the task",
        "team": "the name of the team",
        "tenant": "the name of the business",
        "ticket_reference": "the reference of the ticket",
        "ticket_subject": "the subject of the ticket",
        "tier": "the tier of the customer",
    }
)
"""By name."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def placeholders_in(text: str) -> frozenset[str]:
    """The names of the placeholders of a text."""
    return frozenset(_PLACEHOLDER.findall(text))


def check_placeholders(text: str) -> str:
    """The text. Raises ValueError for an unknown placeholder, or for a brace that begins or ends none."""
    if unknown := sorted(placeholders_in(text) - PLACEHOLDERS.keys()):
        raise ValueError(f"unknown placeholder {{{unknown[0]}}}: choose one of {', '.join(PLACEHOLDERS)}")
    if set(_PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise ValueError("a brace stands alone: write a placeholder as {customer_name}, and no other braces")
    return text


def filled(text: str, data: Mapping[str, str]) -> str:
    """The text with the values of its placeholders. Raises KeyError for one without a value."""
    return _PLACEHOLDER.sub(lambda match: data[match[1]], text)


def day_text(day: date) -> str:
    """A day as a placeholder shows it, in either language: 28/11/2026."""
    return readable.day(day, "vi")


def minute_text(at: datetime, zone: TimeZone) -> str:
    """An instant as a placeholder shows it, in a zone and in either language: 09:00 28/11/2026."""
    return readable.minute(at.astimezone(zone), "vi")
