"""Health is a pure function of facts, a definition and an instant, and its explanation is its arithmetic."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.health.definition import DEFAULT_HEALTH, UNKNOWN, HealthDefinition, MeasureRule
from domain.health.explain_text import health_as_text
from domain.health.health import Health, health, judge_values
from domain.health.measures import MEASURES
from domain.health.summary import ContractSummary, CustomerSummary, DailyUsage, Rating, TicketSummary
from domain.zones import zone_named

NOW = datetime(2026, 6, 30, 5, tzinfo=UTC)
TODAY = date(2026, 6, 30)
LAN, TICKET = UUID(int=7), UUID(int=8)
HANOI = zone_named("Asia/Ho_Chi_Minh")


def lan(**facts: Any) -> CustomerSummary:
    return CustomerSummary(LAN, NOW, TODAY, **facts)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ticket(days: float, *, late: bool = False, reopened: bool = False, counts: bool = True) -> TicketSummary:
    return TicketSummary(TICKET, ago(days), is_open=False, counts=counts, reopened=reopened, late=late)


def used(days: int, value: float, limit: float | None = None, metric: str = "logins") -> DailyUsage:
    return DailyUsage("crm", metric, TODAY - timedelta(days=days), value, limit)


def contract(ends_in: int, *, in_force: bool = True, renews: bool = False) -> ContractSummary:
    return ContractSummary(UUID(int=9), "C-1", TODAY + timedelta(days=ends_in), in_force, renews)


def value_of(measure: Any, summary: CustomerSummary, days: int = 30) -> float | None:
    measured = MEASURES[measure].read(summary, days)
    return measured and measured.value


def judged(**facts: Any) -> Health:
    return health(lan(**facts), DEFAULT_HEALTH, 0)


def test_a_customer_with_no_facts_is_unknown() -> None:
    health = judged()
    assert (health.score, health.band, health.coverage) == (None, UNKNOWN, 0)
    assert [measured.value for measured in health.measures] == [None] * 5


def test_one_measure_only_is_unknown_while_it_covers_too_little() -> None:
    judged_health = judged(contacts=(ago(1),))
    assert (judged_health.score, judged_health.band, judged_health.coverage) == (None, UNKNOWN, 15)
    alone = DEFAULT_HEALTH.model_copy(update={"least_coverage": 15})
    assert health(lan(contacts=(ago(1),)), alone).score == 100


def test_the_score_is_the_weighted_mean_of_the_measures_with_data() -> None:
    health = judged(
        usage=(used(40, 100), used(3, 50)),
        tickets=(ticket(3), ticket(4, late=True)),
        nps=(Rating(ago(10), 7, LAN),),
        contacts=(ago(12),),
    )
    assert [(measured.value, measured.points) for measured in health.measures] == [
        (50, 30), (3, 70), (70, 70), (12, 100), (None, None),
    ]  # fmt: skip
    assert health.coverage == 90
    assert health.score == round((35 * 30 + 20 * 70 + 20 * 70 + 15 * 100) / 90, 1) == 59.4
    assert health.band == "amber"


def test_coverage_at_the_bound_is_known_and_just_below_it_is_not() -> None:
    definition = DEFAULT_HEALTH.model_copy(update={"least_coverage": 55})
    assert judge_values({"usage": 100, "tickets": 0}, definition) == (100, "green", 55)
    assert (
        judge_values({"usage": 100, "tickets": 0}, definition.model_copy(update={"least_coverage": 56}))[1] == UNKNOWN
    )


@pytest.mark.parametrize(("score", "band"), [(0, "red"), (39.9, "red"), (40, "amber"), (69.9, "amber"), (70, "green")])
def test_a_band_ends_below_its_bound(score: float, band: str) -> None:
    assert DEFAULT_HEALTH.band_of(score) == band


@pytest.mark.parametrize(
    ("scale", "points"),
    [("linear", {-5: 0, 0: 0, 5: 20, 10: 40, 20: 70, 30: 100, 99: 100}), ("steps", {-5: 0, 9.9: 0, 10: 40, 30: 100})],
)
def test_points_lie_between_thresholds_linear_or_in_steps(scale: Any, points: dict[float, float]) -> None:
    thresholds = [{"value": 0, "points": 0}, {"value": 10, "points": 40}, {"value": 30, "points": 100}]
    rule = MeasureRule.model_validate({"measure": "contact", "weight": 100, "scale": scale, "thresholds": thresholds})
    assert {value: rule.points_of(value) for value in points} == points


def test_late_and_reopened_tickets_count_double_once() -> None:
    tickets = (ticket(1), ticket(2, late=True), ticket(3, reopened=True), ticket(4, late=True, reopened=True))
    assert value_of("tickets", lan(tickets=tickets), 90) == 7


def test_a_ticket_counts_in_its_window_unless_it_is_merged_away_or_cancelled() -> None:
    old = (ticket(90), ticket(91), ticket(2, counts=False))
    assert value_of("tickets", lan(tickets=old), 90) == 0
    assert value_of("tickets", lan(tickets=(ticket(89.9),)), 90) == 1
    assert value_of("tickets", lan(), 90) is None


@pytest.mark.parametrize(
    ("usage", "percent"),
    [
        ((), None),
        ((used(70, 9),), 0),
        ((used(3, 5),), 100),
        ((used(3, 5), used(33, 10)), 50),
        ((used(0, 10), used(29, 10), used(30, 5), used(59, 5), used(60, 99)), 200),
        ((used(3, 99), used(33, 1)), 200),
        ((used(3, 5), used(33, 10), used(3, 30, metric="seats"), used(33, 30, metric="seats")), 75),
    ],
)
def test_usage_is_compared_with_the_days_before(usage: tuple[DailyUsage, ...], percent: float | None) -> None:
    ordered = tuple(sorted(usage, key=lambda day: (day.product, day.metric, day.day)))
    assert value_of("usage", lan(usage=ordered)) == percent


def test_usage_of_a_limit_is_the_mean_of_the_days_that_have_one() -> None:
    assert value_of("usage_of_limit", lan(usage=(used(3, 5, 10), used(2, 10, 10), used(1, 7)))) == 75
    assert value_of("usage_of_limit", lan(usage=(used(1, 7),))) is None


def test_nps_and_ratings_are_answers_from_0_to_100() -> None:
    answers = {"nps": (Rating(ago(9), 9, LAN), Rating(ago(200), 0, LAN)), "ratings": (Rating(ago(2), 3, TICKET),)}
    assert value_of("satisfaction", lan(**answers), 180) == 70
    assert value_of("satisfaction", lan(nps=(Rating(ago(200), 0, LAN),)), 180) is None


def test_the_contract_that_ends_first_counts_and_an_ended_one_has_no_days_left() -> None:
    assert value_of("contract", lan(contracts=(contract(40), contract(10)))) == 10
    assert value_of("contract", lan(contracts=(contract(10, renews=True),))) == 365
    assert value_of("contract", lan(contracts=(contract(0),))) == 0
    assert value_of("contract", lan(contracts=(contract(-40, in_force=False),))) == 0
    assert value_of("contract", lan(contracts=(contract(-40, in_force=False), contract(400, in_force=False)))) == 0
    assert value_of("contract", lan(contracts=(contract(400, in_force=False),))) is None
    assert value_of("contract", lan()) is None


@given(
    st.dictionaries(st.sampled_from(list(MEASURES)), st.floats(-1e6, 1e6), max_size=6),
    st.lists(st.integers(1, 20), min_size=1, max_size=6),
)
def test_every_score_is_from_0_to_100_and_coverage_is_the_weights_with_data(
    values: dict[Any, float], weights: list[int]
) -> None:
    weights[-1] += 100 - sum(weights) if sum(weights) <= 100 else 0
    if sum(weights) != 100 or min(weights) < 1:
        return
    names = list(MEASURES)[: len(weights)]
    thresholds = [{"value": -10, "points": 90}, {"value": 0, "points": 5}, {"value": 50, "points": 100}]
    definition = HealthDefinition.model_validate(
        {
            "measures": [
                {"measure": name, "weight": weight, "thresholds": thresholds}
                for name, weight in zip(names, weights, strict=True)
            ],
            "bands": [{"name": "red", "below": 40}, {"name": "green"}],
        }
    )
    score, band, coverage = judge_values(values, definition)
    assert coverage == sum(weight for name, weight in zip(names, weights, strict=True) if name in values)
    assert (score is None) == (coverage < 60) == (band == UNKNOWN)
    assert score is None or 0 <= score <= 100


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"measures": [{**DEFAULT_HEALTH.measures[0].model_dump(), "weight": 34}]}, "sum to 34, not to 100"),
        (
            {"measures": [{**DEFAULT_HEALTH.measures[0].model_dump(), "weight": 50}] * 2},
            "each measure stands in it once",
        ),
        ({"bands": [{"name": "red", "below": 40}, {"name": "x", "below": 40}, {"name": "green"}]}, "is greater"),
        ({"bands": [{"name": "red"}, {"name": "green"}]}, "but the last has `below`"),
        ({"bands": [{"name": "unknown", "below": 40}, {"name": "green"}]}, "none is 'unknown'"),
        (
            {"measures": [{"measure": "contact", "weight": 100, "thresholds": [{"value": 1, "points": 1}] * 2}]},
            "each value",
        ),
        (
            {"measures": [{"measure": "mood", "weight": 100, "thresholds": [{"value": 1, "points": 1}]}]},
            "Input should be",
        ),
    ],
)
def test_a_definition_that_cannot_be_judged_by_is_refused_when_it_is_published(
    change: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        HealthDefinition.model_validate(DEFAULT_HEALTH.model_dump() | change)


def test_the_explanation_names_facts_thresholds_weights_and_arithmetic_in_both_languages() -> None:
    health = judged(usage=(used(40, 100), used(3, 50)), tickets=(ticket(3, late=True),), nps=(Rating(ago(10), 7, LAN),))
    assert health_as_text(health, "en", HANOI).splitlines() == [
        "Health 54 (amber) as of 2026-06-30 12:00:00 (Asia/Ho_Chi_Minh), by version 0 of its definition.",
        "Coverage 75 %; below 60 % the health is unknown.",
        "Usage against the 30 days before, weight 35: 50 % gives 30 of 100 points.",
        "    linear between 0 → 0, 50 → 30, 100 → 100",
        "    crm: logins, 2026-06-27: 50",
        "Tickets of 90 days, late and reopened ones double, weight 20: 2 gives 80 of 100 points.",
        "    linear between 0 → 100, 3 → 70, 10 → 0",
        f"    ticket, late, 2026-06-27 12:00, {TICKET}: 2",
        "Answers (NPS and CSAT) of 180 days, weight 20: 70 gives 70 of 100 points.",
        "    linear between 0 → 0, 100 → 100",
        f"    NPS, 2026-06-20 12:00, {LAN}: 70",
        "Time since the last contact, weight 15: no data, so it is left out.",
        "Time left of the contract, weight 10: no data, so it is left out.",
        "Score: (35 x 30 + 20 x 80 + 20 x 70) / 75 = 54.",
    ]
    vietnamese = health_as_text(health, "vi", HANOI)
    assert "Sức khỏe khách hàng" in vietnamese
    assert "không có dữ liệu nên không tính" in vietnamese
    assert "Health unknown as of" in health_as_text(judged(), "en", HANOI)
