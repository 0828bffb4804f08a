"""The measures of health: what each one reads from the facts of a customer, as a number with the facts behind it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

from domain.health.summary import CustomerSummary, DailyUsage, Part
from domain.messages import Message

MeasureName = Literal["usage", "usage_of_limit", "tickets", "satisfaction", "contact", "contract"]
COUNTS_DOUBLE = 2
"""How often a ticket counts that was late or reopened."""
RENEWS_BY_ITSELF = 365
"""The days that a contract in force has left when it renews by itself."""
MOST_PERCENT = 200
"""The most that one metric of usage adds, so that a new metric does not hide one that ends."""


class HealthFact(Message):
    """A fact that a measure counts: what it is, when it happened, and its value there."""

    what: str
    at: datetime | None = None
    day: date | None = None
    stream: UUID | None = None
    value: float | None = None


class Measured(NamedTuple):
    """The value of a measure, and the facts that it comes from."""

    value: float
    facts: Sequence[HealthFact]


class Measure(NamedTuple):
    """``read`` gives the value by the facts of the last ``days``; None: there is no data."""

    unit: Literal["percent", "tickets", "points", "days"]
    read: Callable[[CustomerSummary, int], Measured | None]


def _usage(summary: CustomerSummary, days: int) -> Measured | None:
    """The usage of the last days in per cent of the same number of days before, the mean over the metrics.

    A metric that was not used before is 100, one that was used before both alone is 0. No usage ever: no data.
    """
    facts = []
    for (product, metric), values in _by_metric(summary):
        now = sum(day.value for day in values if day.day > summary.day - timedelta(days=days))
        first = summary.day - timedelta(days=2 * days)
        before = sum(day.value for day in values if first < day.day <= summary.day - timedelta(days=days))
        percent = min(100 * now / before, MOST_PERCENT) if before else 100.0 if now else 0.0
        facts.append(HealthFact(what=f"{product}: {metric}", day=values[-1].day, value=round(percent, 1)))
    return _mean(facts)


def _usage_of_limit(summary: CustomerSummary, days: int) -> Measured | None:
    """The mean use of the last days in per cent of the limit, the mean over the metrics that have one."""
    facts = []
    for (product, metric), values in _by_metric(summary):
        shares = [
            100 * day.value / day.limit for day in values if day.limit and day.day > summary.day - timedelta(days=days)
        ]
        if shares:
            percent = min(sum(shares) / len(shares), MOST_PERCENT)
            facts.append(HealthFact(what=f"{product}: {metric}", day=values[-1].day, value=round(percent, 1)))
    return _mean(facts)


def _by_metric(summary: CustomerSummary) -> list[tuple[tuple[str, str], list[DailyUsage]]]:
    return [(key, list(days)) for key, days in groupby(summary.usage, key=lambda day: (day.product, day.metric))]


def _tickets(summary: CustomerSummary, days: int) -> Measured | None:
    """The tickets received in the last days; one that was late or reopened counts double. No ticket ever: no data."""
    if not summary.tickets:
        return None
    facts = []
    for ticket in summary.tickets:
        if ticket.counts and ticket.received_at > summary.since(days):
            marks = [word for word, is_so in (("late", ticket.late), ("reopened", ticket.reopened)) if is_so]
            facts.append(
                HealthFact(
                    what=", ".join(["ticket", *marks]),
                    at=ticket.received_at,
                    stream=ticket.ticket,
                    value=COUNTS_DOUBLE if marks else 1,
                )
            )
    return Measured(sum(fact.value or 0 for fact in facts), facts)


def _satisfaction(summary: CustomerSummary, days: int) -> Measured | None:
    """The mean of all answers of the last days from 0 to 100: NPS times 10, ratings of 1 to 5 from 0 to 100."""
    answers = [
        *(("nps", answer, 10.0 * answer.score) for answer in summary.nps),
        *(("rating", answer, 25.0 * (answer.score - 1)) for answer in summary.ratings),
    ]
    facts = [
        HealthFact(what=what, at=answer.at, stream=answer.stream, value=value)
        for what, answer, value in sorted(answers, key=lambda each: (each[1].at, each[0]))
        if answer.at > summary.since(days)
    ]
    return _mean(facts)


def _contact(summary: CustomerSummary, _days: int) -> Measured | None:
    """The days since the last contact: a ticket, a message, a person's answer or a check-in. None ever: no data."""
    if not summary.contacts:
        return None
    last = summary.contacts[-1]
    days = summary.days_since(last)
    return Measured(days, [HealthFact(what="contact", at=last, value=days)])


def _contract(summary: CustomerSummary, _days: int) -> Measured | None:
    """The days left of the contract in force that ends first; 0 when all that began have ended. None yet: no data."""
    facts = [
        HealthFact(
            what=contract.number,
            day=contract.ends_on,
            stream=contract.contract,
            value=days_left(summary, contract.ends_on, renews=contract.auto_renews),
        )
        for contract in summary.contracts
        if contract.in_force
    ]
    if facts:
        return Measured(min(fact.value or 0 for fact in facts), facts)
    over = [contract for contract in summary.contracts if contract.ends_on < summary.day]
    if not over:
        return None
    ended = max(over, key=lambda contract: contract.ends_on)
    return Measured(0, [HealthFact(what=ended.number, day=ended.ends_on, stream=ended.contract, value=0)])


def days_left(summary: CustomerSummary, ends_on: date, *, renews: bool) -> int:
    """The days until the last day of a contract; a contract that renews by itself has a year."""
    return RENEWS_BY_ITSELF if renews else (ends_on - summary.day).days


def _mean(facts: Sequence[HealthFact]) -> Measured | None:
    values = [fact.value or 0 for fact in facts]
    return Measured(round(sum(values) / len(values), 1), facts) if values else None


READ_BY_MEASURES: frozenset[Part] = frozenset({"tickets", "late", "ratings", "contacts", "nps", "contracts", "usage"})
"""The parts of a summary that measures read."""
MEASURES: Mapping[MeasureName, Measure] = MappingProxyType(
    {
        "usage": Measure("percent", _usage),
        "usage_of_limit": Measure("percent", _usage_of_limit),
        "tickets": Measure("tickets", _tickets),
        "satisfaction": Measure("points", _satisfaction),
        "contact": Measure("days", _contact),
        "contract": Measure("days", _contract),
    }
)
