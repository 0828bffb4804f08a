"""A segment is a predicate over facts; a membership is recorded when it has changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.customer.facts.permission import ConsentWord
from domain.health.definition import DEFAULT_HEALTH
from domain.health.health import health
from domain.health.summary import ContractSummary, CustomerSummary, DailyUsage, PurchaseSummary, Rating, TicketSummary
from domain.segment.commands import RecordMembership
from domain.segment.definition import SegmentDefinition
from domain.segment.events import SegmentEntered, SegmentLeft
from domain.segment.fields import FIELDS, Customer360
from domain.segment.membership import SegmentMembership, decide, evolve, membership_stream
from domain.segment.predicate import is_member
from tests.support.specification import Specification

NOW = datetime(2026, 6, 30, 5, tzinfo=UTC)
TODAY = date(2026, 6, 30)
LAN, ACME = UUID(int=7), UUID(int=8)
SUMMARY = CustomerSummary(
    LAN,
    NOW,
    TODAY,
    name="Lan",
    tier="Gold",
    party="person",
    registered_at=NOW - timedelta(days=40),
    organisations=frozenset({ACME}),
    tickets=(
        TicketSummary(UUID(int=1), NOW - timedelta(days=5), is_open=True, counts=True, reopened=False, late=False),
        TicketSummary(UUID(int=2), NOW - timedelta(days=50), is_open=False, counts=True, reopened=False, late=False),
        TicketSummary(UUID(int=3), NOW - timedelta(days=1), is_open=False, counts=False, reopened=False, late=False),
    ),
    nps=(Rating(NOW - timedelta(days=100), 9, LAN), Rating(NOW - timedelta(days=20), 6, LAN)),
    contacts=(NOW - timedelta(days=5),),
    purchases=(
        PurchaseSummary("a", NOW - timedelta(days=10), 500, "VND", kept=True),
        PurchaseSummary("b", NOW - timedelta(days=10), 0, "VND", kept=False),
        PurchaseSummary("c", NOW - timedelta(days=10), 7, "USD", kept=True),
        PurchaseSummary("d", NOW - timedelta(days=400), 900, "VND", kept=True),
    ),
    contracts=(ContractSummary(UUID(int=4), "C-1", TODAY + timedelta(days=45), in_force=True, auto_renews=False),),
    usage=(
        DailyUsage("crm", "logins", TODAY, 3, None),
        DailyUsage("erp", "logins", TODAY - timedelta(days=2), 4, None),
    ),
    consents={"marketing": (ConsentWord(NOW - timedelta(days=9), given=True, channels=("email",), valid_until=None),)},
)


def has(predicate: dict[str, Any], summary: CustomerSummary = SUMMARY) -> bool:
    members = SegmentDefinition.model_validate({"members": predicate}).members
    return is_member(members, Customer360(summary, lambda: health(summary, DEFAULT_HEALTH)))


CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({"field": "tier", "value": "gold"}, True),
    ({"field": "tier", "value": ["silver", "GOLD"]}, True),
    ({"field": "tier", "value": []}, False),
    ({"field": "party", "value": "organisation"}, False),
    ({"field": "organisation", "value": str(ACME)}, True),
    ({"field": "registered_days", "comparison": "at_least", "value": 40}, True),
    ({"field": "registered_days", "comparison": "above", "value": 40}, False),
    ({"field": "band", "value": ["green", "amber"]}, True),
    ({"field": "health", "value": 86.5}, True),
    ({"field": "open_tickets", "value": 1}, True),
    ({"field": "tickets", "days": 30, "value": 1}, True),
    ({"field": "tickets", "days": 60, "value": 2}, True),
    ({"field": "purchases", "days": 30, "value": 2}, True),
    ({"field": "purchased", "days": 30, "currency": "VND", "value": 500}, True),
    ({"field": "purchased", "days": 500, "currency": "VND", "comparison": "above", "value": 1399}, True),
    ({"field": "purchased", "days": 30, "currency": "EUR", "value": 0}, True),
    ({"field": "contract_in_force", "value": True}, True),
    ({"field": "contract_days_left", "comparison": "at_most", "value": 45}, True),
    ({"field": "contract_days_left", "comparison": "below", "value": 45}, False),
    ({"field": "usage", "metric": "logins", "days": 30, "value": 7}, True),
    ({"field": "usage", "metric": "logins", "product": "crm", "days": 30, "value": 3}, True),
    ({"field": "usage", "metric": "logins", "days": 1, "value": 3}, True),
    ({"field": "usage", "metric": "calls", "days": 30, "comparison": "below", "value": 1}, False),
    ({"field": "nps", "comparison": "at_most", "value": 6}, True),
    ({"field": "nps", "days": 10, "comparison": "at_most", "value": 6}, False),
    ({"field": "consent", "purpose": "marketing", "value": False}, True),
    ({"field": "consent", "purpose": "marketing", "channel": "email", "value": True}, True),
    ({"field": "consent", "purpose": "care", "value": True}, True),
    ({"field": "days_since_contact", "value": 5}, True),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_a_condition_compares_what_is_known_with_its_value(condition: dict[str, Any], expected: bool) -> None:
    assert has(condition) is expected


def test_every_field_has_an_example_here() -> None:
    assert {condition["field"] for condition, _ in CONDITIONS} == set(FIELDS)


def nested(levels: int) -> dict[str, Any]:
    predicate: dict[str, Any] = {"field": "tier", "value": "gold"}
    for _ in range(levels):
        predicate = {"all": [predicate]}
    return predicate


def test_conditions_nest_as_deep_as_is_taken() -> None:
    assert has(nested(20))


def test_a_customer_who_has_nothing_in_a_field_does_not_meet_the_condition() -> None:
    stranger = CustomerSummary(LAN, NOW, TODAY)
    quiet = {"field": "days_since_contact", "comparison": "above", "value": 30}
    assert not has(quiet, stranger)
    assert has({"not": quiet}, stranger)


def test_all_any_and_not_join_conditions() -> None:
    gold, late = {"field": "tier", "value": "gold"}, {"field": "open_tickets", "comparison": "above", "value": 5}
    assert has({"any": [gold, late]})
    assert not has({"all": [gold, late]})
    assert has({"all": [gold, {"not": late}]})
    assert has({"not": {"all": [late, {"any": [gold]}]}})


@pytest.mark.parametrize(
    ("predicate", "says"),
    [
        ({"field": "tickets", "value": 3}, "tickets needs days"),
        ({"field": "purchased", "value": 3}, "purchased needs currency, days"),
        ({"field": "tier", "value": "gold", "days": 3}, "tier takes no days"),
        ({"field": "tier", "value": 3}, "tier is compared with a text value"),
        ({"field": "tier", "value": "gold", "comparison": "above"}, "by `is` alone"),
        ({"field": "open_tickets", "value": True}, "compared with a number value"),
        ({"field": "contract_in_force", "value": 1}, "compared with a yes or no value"),
        ({"field": "consent", "purpose": "fun", "value": True}, "choose one of care, marketing"),
        ({"field": "mood", "value": "good"}, "Input should be"),
        ({"field": "health", "value": float("nan")}, "finite number"),
        ({"field": "health", "value": float("inf")}, "finite number"),
        (nested(21), "deeper than 20 levels"),
        ({"all": []}, "at least 1 item"),
        ({"any": [{"field": "tier"}]}, "Field required"),
        ("gold", "valid dictionary"),
    ],
)
def test_a_predicate_that_cannot_be_judged_is_refused(predicate: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        SegmentDefinition.model_validate({"members": predicate})


def test_a_definition_survives_being_stored() -> None:
    written = {"members": {"not": {"any": [condition for condition, _ in CONDITIONS]}}, "tracked": True}
    definition = SegmentDefinition.model_validate(written)
    assert SegmentDefinition.model_validate_json(definition.model_dump_json()) == definition
    assert SegmentDefinition.model_validate(definition.model_dump(mode="json")) == definition


ENTERED = SegmentEntered(segment="at risk", definition_version=2, customer_id=LAN)
LEFT = SegmentLeft(segment="at risk", definition_version=3, customer_id=LAN)
memberships = Specification(SegmentMembership(), evolve, lambda command, state, _by: decide(command, state))


def record(version: int, *, member: bool) -> RecordMembership:
    return RecordMembership(segment="at risk", definition_version=version, customer_id=LAN, member=member)


def test_entering_and_leaving_are_recorded_in_turn_and_once() -> None:
    memberships.given().when(record(2, member=True)).then(ENTERED)
    memberships.given(ENTERED).when(record(3, member=True)).then_quiet()
    memberships.given(ENTERED).when(record(3, member=False)).then(LEFT)
    memberships.given(ENTERED, LEFT).when(record(3, member=False)).then_quiet()
    memberships.given().when(record(2, member=False)).then_quiet()
    memberships.given(ENTERED, LEFT).when(record(2, member=True)).then(ENTERED)


def test_a_membership_has_a_stream_of_its_own() -> None:
    assert membership_stream("At  risk", LAN) == membership_stream("At risk", LAN)
    assert len({membership_stream(segment, customer) for segment in "ab" for customer in (LAN, ACME)}) == 4
