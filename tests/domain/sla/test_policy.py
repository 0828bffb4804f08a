"""A policy as a support manager writes it: what it says, and what it must not say."""

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from domain.definitions.diff import differences
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.policy.durations import parse_duration
from domain.sla.policy.policy import BUILT_IN, DEFAULT_POLICY, Policy
from domain.sla.policy.policy_history import always
from domain.ticket import events as e
from tests.support.events import at, history, instant, received

WRITTEN = """
name = "Standard"
reopen = "new_cycle"

[[rules]]
priority = ["P1", "1 - Critical"]
customer_tier = "gold"
first_response = "15m"
next_response = { duration = "1h 30m", calendar = "Hanoi office" }
resolution = {duration = "2d", pauses = ["third_party", "customer", "customer"], warn_at = [0.9, 0.5], until = "closed"}

[[rules]]
resolution = 3600
"""


def with_target(**target: object) -> dict[str, Any]:
    return {"name": "p", "rules": [{"resolution": {"duration": "1h", **target}}]}


def refusal(written: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(written)
    return str(refused.value)


def test_a_policy_reads_from_toml_as_it_is_meant() -> None:
    policy = Policy.model_validate(tomllib.loads(WRITTEN))
    gold, others = policy.rules
    assert (gold.priority, gold.customer_tier, gold.matches_all) == (("P1", "1 - Critical"), ("gold",), False)
    assert gold.first_response is not None
    assert (gold.first_response.duration, gold.first_response.calendar) == (900, "24x7")
    assert gold.resolution is not None
    assert (gold.resolution.duration, gold.resolution.until) == (48 * 3600, "closed")
    assert (gold.resolution.pauses, gold.resolution.warn_at) == (("customer", "third_party"), (0.5, 0.9))
    assert others.targets.keys() == {"resolution"}
    assert others.matches_all
    assert policy.calendars == {"24x7", "Hanoi office"}


def test_a_policy_goes_through_json_unchanged() -> None:
    for policy in (Policy.model_validate(tomllib.loads(WRITTEN)), DEFAULT_POLICY):
        assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_the_default_policy_is_that_of_the_handbook() -> None:
    targets = [
        (rule.priority, rule.first_response.duration / 3600, rule.resolution.duration / 3600, rule.resolution.pauses)
        for rule in DEFAULT_POLICY.rules
        if rule.first_response is not None and rule.resolution is not None and not rule.first_response.pauses
    ]
    assert targets == [
        (("P1",), 0.25, 1, ("customer",)),
        (("P2",), 6, 24, ("customer",)),
        ((), 12, 48, ("customer",)),
    ]
    assert (DEFAULT_POLICY.reopen, BUILT_IN.version, BUILT_IN.position) == ("continue", 0, 0)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1h", 3600),
        ("90m", 5400),
        ("24h", 86_400),
        ("2d", 172_800),
        (" 1H 30m ", 5400),
        ("45s", 45),
        ("1d2h3m4s", 93_784),
    ],
)
def test_durations_are_written_as_people_say_them(written: str, seconds: int) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize("written", ["", "h", "1.5h", "1 week", "30m 1h", "-1h", "\uff12h", "\u0663h", "1\u2003h"])
def test_what_is_not_a_duration_is_refused_with_an_example(written: str) -> None:
    assert 'write it like "90m", "24h" or "1h 30m"' in refusal(with_target(duration=written))


def test_a_target_must_leave_time() -> None:
    assert "greater than 0" in refusal(with_target(duration="0h"))
    assert "greater than 0" in refusal(with_target(duration=-5))


@pytest.mark.parametrize("duration", ["36500d", 36_500 * 86_400])
def test_a_target_of_a_hundred_years_is_the_longest_and_has_a_clock(duration: object) -> None:
    policy = Policy.model_validate(with_target(duration=duration, warn_at=[0.5]))
    (resolution,) = clocks(history(at(0, received())), always(policy), instant(60))
    assert (resolution.state, resolution.due_at) == ("running", None)


@pytest.mark.parametrize("duration", ["36500d 1s", "999999999999d", 36_500 * 86_400 + 1, 10**19])
def test_a_longer_target_is_refused(duration: object) -> None:
    assert "a duration is at most 100 years" in refusal(with_target(duration=duration))
    assert "a duration is at most 100 years" in refusal({"name": "p", "rules": [{"resolution": duration}]})


@pytest.mark.parametrize("written", [True, 3600.0])
def test_only_a_whole_number_is_a_number_of_seconds(written: object) -> None:
    assert "rules.0.resolution" in refusal({"name": "p", "rules": [{"resolution": written}]})
    assert "should be a valid integer" in refusal(with_target(duration=written))


@pytest.mark.parametrize("written", [True, "0.5", "30m", "before", None, [1800]])
def test_only_a_number_or_a_time_before_the_deadline_is_a_warning_point(written: object) -> None:
    assert "should be a valid number" in refusal(with_target(warn_at=[written]))


def test_our_own_waiting_does_not_pause_a_first_response() -> None:
    def rule(*pauses: str) -> dict[str, Any]:
        return {"name": "p", "rules": [{"first_response": {"duration": "1h", "pauses": pauses}}]}

    assert "our own waiting does not pause a first response" in refusal(rule("customer", "internal"))
    assert Policy.model_validate(rule("customer", "third_party")).rules[0].matches_all


def test_a_rule_must_say_what_it_promises_or_that_it_promises_nothing() -> None:
    assert 'or promise nothing: resolution = "none"' in refusal({"name": "p", "rules": [{}]})
    policy = Policy.model_validate(
        {
            "name": "p",
            "rules": [{"priority": "P4", "resolution": "none"}, {"resolution": "2h", "first_response": "none"}],
        }
    )
    assert [rule.targets.keys() for rule in policy.rules] == [set(), {"resolution"}]
    assert Policy.model_validate_json(policy.model_dump_json()) == policy
    assert clocks(history(at(0, received(priority="P4"))), always(policy), instant(60)) == []
    changed = history(at(0, received(priority="P4")), at(30, e.TicketPrioritised(priority="P3")))
    (resolution,) = clocks(changed, always(policy), instant(40))
    assert from_microseconds(resolution.due_at or 0) == instant(120), "a promise made later counts from the receipt"


def test_every_ticket_must_match_a_rule_and_every_rule_must_be_reachable() -> None:
    urgent, rest = {"priority": "P1", "resolution": "1h"}, {"resolution": "2h"}
    assert "no rule matches every ticket: end with one" in refusal({"name": "p", "rules": [urgent]})
    assert "no rule matches every ticket" in refusal({"name": "p", "rules": []})
    assert "so rule 2 is never reached: move it down" in refusal({"name": "p", "rules": [rest, urgent]})


@pytest.mark.parametrize("fraction", [0, 1, 1.5, -0.1])
def test_a_warning_comes_within_the_target(fraction: float) -> None:
    assert "is not between 0 and 1: write 0.75 for three quarters" in refusal(with_target(warn_at=[fraction]))


def test_a_warning_point_is_given_once() -> None:
    assert "given twice" in refusal(with_target(warn_at=[0.5, 0.5]))
    assert "given twice" in refusal(with_target(duration="1h", warn_at=[0.5, "30m before"]))


def test_what_a_version_says_otherwise_of_warnings_and_of_nothing_is_told_as_it_is_written() -> None:
    old = Policy.model_validate(with_target(duration="4h", warn_at=[0.5]))
    new = Policy.model_validate(with_target(duration="4h", warn_at=[0.5, "30m before"]))
    (warned,) = differences(old, new)
    assert (warned.path, warned.new) == ("rules[0].resolution.warn_at", [0.5, "30m before"])
    (nothing,) = differences(new, Policy.model_validate({"name": "p", "rules": [{"resolution": "none"}]}))
    assert (nothing.path, nothing.new) == ("rules[0].resolution", None)


def test_warning_points_are_kept_in_their_order_and_told_as_they_are_written() -> None:
    policy = Policy.model_validate(with_target(duration="4h", warn_at=["1h before", 0.9, "90m  before", 0.5]))
    assert policy.model_dump(mode="json")["rules"][0]["resolution"]["warn_at"] == [
        0.5,
        "1h 30m before",
        "1h before",
        0.9,
    ]
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


@pytest.mark.parametrize("written", ["4h before", "5h before"])
def test_a_warning_comes_after_its_target_has_begun(written: str) -> None:
    assert f'"{written}" lies before a target of 4h begins' in refusal(with_target(duration="4h", warn_at=[written]))


@pytest.mark.parametrize("written", ["0m before", "36501d before"])
def test_a_warning_comes_before_the_deadline(written: str) -> None:
    assert "is not a time before the deadline" in refusal(with_target(duration="4h", warn_at=[written]))


def test_only_a_resolution_can_last_until_closed() -> None:
    rule = {"first_response": {"duration": "1h", "until": "closed"}}
    assert "take `until` out of first_response" in refusal({"name": "p", "rules": [rule]})


def test_a_misspelt_word_is_refused_where_it_stands() -> None:
    assert "rules.0.resolution.calender" in refusal(with_target(calender="24x7"))
    assert "rules.0.resolution.pauses" in refusal(with_target(pauses=["custmer"]))
