"""What is due by the versions of a rule, by histories alone: from its publication on, and from an import on."""

from datetime import date
from typing import Any

import pytest

from domain.automation.events import AutomationFired, AutomationPassedOver, AutomationShadowed, OfRuleAndCause
from domain.contract.events import ContractSigned
from domain.definitions.events import DefinitionPublished
from domain.envelope import RecordedEvent
from projections.timers.timed_rules import instances_of, timed_rules
from tests.support.due_instances import HANOI, PLAIN, local
from tests.support.events import AGENT, CUSTOMER, IMPORT, SYSTEM, Fact, history

SIGNED = ContractSigned(
    number="1", customer_id=CUSTOMER, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 31), value=9, currency="VND"
)


def published(at: str, *versions: dict[str, Any]) -> list[RecordedEvent]:
    """A rule on renewals 30 and 15 days before, published at an instant; each further version an hour later."""
    return history(
        *(Fact(local(at).replace(hour=hour), definition(hour + 1, more)) for hour, more in enumerate(versions or ({},)))
    )


def definition(number: int, more: dict[str, Any]) -> DefinitionPublished:
    body = {"at": {"due": "contract-renewal", "days": [30, 15]}, "then": [{"do": "add-note", "body": "b"}]}
    return DefinitionPublished(
        kind="automation",
        name="renewal",
        version=number,
        effective_from=local("2025-01-01 00:00"),
        body=body | more,
    )


def due(rules: list[RecordedEvent], *facts: Fact) -> list[str]:
    (versions,) = timed_rules(rules)
    return [
        f"{each.due.identity} by {each.rule.named.version} @ {each.due.due_at.astimezone(HANOI):%m-%d %H:%M}"
        for each in instances_of(versions, history(*facts), PLAIN)
    ]


BOTH = ["term/1/30 by 1 @ 02-27 09:00", "term/1/15 by 1 @ 03-16 09:00"]


def test_what_is_due_after_the_publication_is_the_rule_s_and_nothing_before() -> None:
    signed = Fact(local("2026-01-05 10:00"), SIGNED)
    assert due(published("2026-01-10 00:00"), signed) == BOTH
    assert due(published("2026-03-01 00:00"), signed) == BOTH[1:]


@pytest.mark.parametrize(("by", "left"), [(IMPORT, BOTH[1:]), (AGENT, BOTH)])
def test_what_was_due_before_a_stream_came_in_from_another_system_is_nobody_s(by: Any, left: list[str]) -> None:
    """A contract that an agent enters as late is the control."""
    signed = Fact(local("2025-01-05 10:00"), SIGNED, by, recorded_at=local("2026-03-05 10:00"))
    assert due(published("2026-01-10 00:00"), signed) == left


def test_what_is_due_is_that_of_the_version_that_counts_then() -> None:
    signed = Fact(local("2026-01-05 10:00"), SIGNED)
    off_and_on = published("2026-01-10 00:00", {}, {"enabled": False}, {"order": 3})
    assert due(off_and_on, signed) == [each.replace("by 1", "by 3") for each in BOTH]
    assert due(published("2026-01-10 00:00", {}, {"enabled": False}), signed) == []


def test_what_is_due_at_the_instant_at_which_a_version_takes_over_is_the_earlier_one_s() -> None:
    rules = history(
        Fact(local("2026-01-10 00:00"), definition(1, {})), Fact(local("2026-02-27 09:00"), definition(2, {"order": 3}))
    )
    assert due(rules, Fact(local("2026-01-05 10:00"), SIGNED)) == [BOTH[0], BOTH[1].replace("by 1", "by 2")]


def test_what_is_due_at_the_instant_of_the_publication_is_nobody_s() -> None:
    rules = history(Fact(local("2026-02-27 09:00"), definition(1, {})))
    assert due(rules, Fact(local("2026-01-05 10:00"), SIGNED)) == BOTH[1:]


def test_an_instance_that_two_versions_know_is_due_by_the_earlier_one() -> None:
    later = {"at": {"due": "contract-renewal", "days": [30, 15], "time": "15:00"}}
    rules = history(
        Fact(local("2026-01-10 00:00"), definition(1, {})), Fact(local("2026-02-27 10:00"), definition(2, later))
    )
    assert due(rules, Fact(local("2026-01-05 10:00"), SIGNED)) == [BOTH[0], "term/1/15 by 2 @ 03-16 15:00"]


@pytest.mark.parametrize("outcome", [AutomationFired, AutomationShadowed, AutomationPassedOver])
@pytest.mark.parametrize(
    ("rule", "identity", "left"),
    [
        ("renewal", "term/1/30", BOTH[1:]),
        (" renewal ", "term/1/15", BOTH[:1]),
        ("another", "term/1/30", BOTH),
        ("renewal", None, BOTH),
    ],
)
def test_an_instance_that_the_history_records_for_the_rule_is_not_due_again(
    outcome: type[OfRuleAndCause], rule: str, identity: str | None, left: list[str]
) -> None:
    more: dict[str, Any] = {"why": "stale"} if outcome is AutomationPassedOver else {}
    recorded = outcome(rule=rule, version=1, due=identity, **more)
    facts = (Fact(local("2026-01-05 10:00"), SIGNED), Fact(local("2026-02-27 09:05"), recorded, SYSTEM))
    assert due(published("2026-01-10 00:00"), *facts) == left
