"""What the value of each figure is made of, by the contract, and the sums that its parts keep in every row.

One line a figure: it is compared with what the registry answers.
"""

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType

import pytest

from projections.figures.figure import FigureRow, Number

_FCR, _SLA, _NPS = "kept / resolved", "met / met + breached", "promoters - detractors / answers"
_LOAD = "expected_effort / working_time_left"
VALUES: Mapping[str, str] = MappingProxyType(
    {
        "sla-first-response": _SLA,
        "sla-next-response": _SLA,
        "sla-periodic-update": _SLA,
        "sla-resolution": _SLA,
        "sla-late": "late",
        "on-time": "within / finished",
        "cycles-late": "mean",
        "fcr": _FCR,
        "fcr-gross": _FCR,
        "fcr-one-touch": _FCR,
        "fcr-no-recontact": _FCR,
        "fcr-one-owner": _FCR,
        "fcr-customer-confirmed": _FCR,
        "repeat-contact": "repeated / customers",
        "csat": "score_4 + score_5 / ratings",
        "response-rate": "answered / resolutions",
        "reopen-rate": "reopened / resolved",
        "handling-time": "mean",
        "effort": "talk + hold + after_contact / handled",
        "expected-by": "kept / told",
        "delivered-response-rate": "answered / delivered",
        "open-tickets": "open",
        "flow": "change",
        "late-tickets": "late",
        "waiting": "too_long",
        "time-by-team": "median",
        "team-on-time": _SLA,
        "team-late": "late",
        "load": _LOAD,
        "team-load": _LOAD,
        "overloaded": "overloaded / agents",
        "journey": "tickets / all_tickets",
        "journey-steps": "median",
        "journey-losses": "cancelled + duplicate + spam + merged + closed_open / tickets",
        "nps": _NPS,
        "nps-organisations": _NPS,
        "nps-wave": _NPS,
        "nps-wave-organisations": _NPS,
        "nps-ticket": _NPS,
        "repeat-purchase": "repeated / customers",
        "returning-buyers": "again / customers",
        "retention": "retained / at_start",
        "upsell": "accepted / accepted + declined + expired",
        "upsell-customers": "accepted / offered",
        "upsell-eligible": "accepted / eligible",
        "upsell-value": "accepted / recurring",
        "renewal": "renewed / due",
        "renewal-value": "renewed / due",
        "renewal-chance": "renewed / renewed + lapsed + terminated",
        "voice-of-customers": "items",
        "contacts": "in + out",
        "contact-time": "talk + hold + after_contact / tickets",
        "calls": "answered",
        "procedure-step-time": "median",
        "procedure-steps-skipped": "skipped / skipped + done",
        "procedure-steps-overdue": "overdue / procedure_steps",
        "procedure-outcome": "completed / completed + abandoned",
        "procedures-running": "running",
    }
)
"""The value of a figure: one part, or parts over parts."""
_OF_NPS = ("answers = promoters + passives + detractors",)
LAWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csat": ("ratings = score_1 + score_2 + score_3 + score_4 + score_5", "satisfied = score_4 + score_5"),
        "effort": ("effort = talk + hold + after_contact",),
        "flow": (
            "change = entered - left",
            "entered = received + reopened + merge_undone",
            "left = resolved + closed + cancelled + merged",
        ),
        "open-tickets": (
            "open = under_10_days + from_10_to_30_days + over_30_days",
            "open = since_reopened_under_10_days + since_reopened_from_10_to_30_days + since_reopened_over_30_days",
        ),
        "waiting": ("waiting = for_customer + for_third_party + for_internal",),
        **dict.fromkeys(("nps", "nps-organisations", "nps-wave", "nps-wave-organisations", "nps-ticket"), _OF_NPS),
        "returning-buyers": ("customers = again + first",),
        "retention": ("at_start = retained + lost", "at_end = retained + won"),
        "renewal": ("due = renewed + lapsed + terminated + open", "renewed = early + on_time + late"),
        "renewal-value": ("due = renewed + downgraded + lapsed + terminated + open",),
        "renewal-chance": ("terms = renewed + lapsed + terminated",),
        "voice-of-customers": ("items = positive + neutral + negative",),
        "contacts": ("messages = in + out",),
        "procedure-steps-skipped": ("procedure_steps = skipped + done",),
        "procedure-outcome": ("ended = completed + abandoned",),
    }
)
"""The sums that hold in every row of a figure."""


def must_keep_its_laws(figure: str, row: FigureRow) -> None:
    """The value is made of the parts as the contract says, nothing divided by nothing is no value, and sums hold."""
    top, _, below = VALUES[figure].partition(" / ")
    if below:
        numerator, denominator = _sum(top, row.parts), _sum(below, row.parts)
        assert (row.numerator, row.denominator) == pytest.approx((numerator, denominator)), (figure, row)
        scale = 100 if figure.startswith("nps") else 1
        assert row.value == (pytest.approx(numerator / denominator * scale) if denominator else None), (figure, row)
    else:
        expected = row.parts[top] if "+" not in top else _sum(top, row.parts)
        assert (row.value, row.numerator, row.denominator) == (expected, None, None), (figure, row)
    for law in LAWS.get(figure, ()):
        total, _, parts = law.partition(" = ")
        assert row.parts[total] == _sum(parts, row.parts), (figure, law, row)
    if "margin" in row.parts:
        _must_have_its_margin(row)


def _must_have_its_margin(row: FigureRow) -> None:
    """1.96 x sqrt((p + d - (p - d)^2) / n) x 100; below 30 answers it is flagged."""
    answers = row.parts["answers"] or 0
    assert row.parts["small"] == (answers < 30), row
    if answers:
        promoters, detractors = ((row.parts[name] or 0) / answers for name in ("promoters", "detractors"))
        margin = 1.96 * sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0) / answers) * 100
        assert row.parts["margin"] == pytest.approx(margin, abs=1e-9), row


def _sum(names: str, parts: Mapping[str, Number]) -> float:
    total: float = 0
    for name in names.replace("- ", "+ -").split(" + "):
        value = parts[name.removeprefix("-")] or 0
        total += -value if name.startswith("-") else value
    return total
