"""The definition of teams and agents, its versions, and the rules of overload."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.kinds import WORKFORCE
from domain.definitions.publishing import decide, needs_of
from domain.definitions.state import PublishedDefinition
from domain.refusal import Refusal
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.publishing import Published
from domain.workforce.definition import Workforce
from domain.workforce.load import Load
from domain.workforce.team_rules import UNKNOWN_TEAM, TeamRuleHistory, TeamRules
from tests.support.events import START

SHIPPED = Path("api/definitions/workforce.toml")


def workforce(**parts: Any) -> Workforce:
    return Workforce.model_validate(parts)


def test_the_shipped_workforce_passes_its_own_examples() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    results = check(read_definition_file(text), text)
    assert len(results) == len(tomllib.loads(text)["examples"])
    assert [result.differences for result in results] == [[]] * len(results)


def test_a_worked_example_that_expects_another_answer_says_which() -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('verdict = "met"', 'verdict = "breached"')
    text = text.replace("team_tickets = [4, 1, 1]\noverloaded = []", 'overloaded = ["over_capacity"]')
    differences = [result.differences for result in check(read_definition_file(text), text)]
    assert differences[0] == ["the verdict is met, not breached"]
    assert differences[-1] == ["the rules that hold are none, not over_capacity"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"teams": [{"name": "A"}, {"name": " A "}]}, "teams: 'A' stands in it twice"),
        ({"agents": [{"name": "an"}, {"name": "an"}]}, "agents: 'an' stands in it twice"),
        ({"agents": [{"name": "an", "team": "A"}]}, "the team 'A' of 'an' is not one of the teams"),
        ({"teams": [{"name": "A", "targets": {"P-1": "1h", "P\u20111": "2h"}}]}, "targets: 'P-1' stands in it twice"),
        ({"teams": [{"name": "A", "target": "soon"}]}, "is not a duration"),
        ({"agents": [{"name": "an", "capacity": -1}]}, "greater than or equal to 0"),
    ],
)
def test_a_workforce_that_contradicts_itself_is_malformed(body: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Workforce.model_validate(body)


def publish(calendar: str) -> PublishDefinition:
    body = {"teams": [{"name": "A", "calendar": calendar}]}
    return PublishDefinition(kind="workforce", effective_from=START, body=body, reason="decided")


def test_a_workforce_on_a_calendar_that_was_never_published_is_refused() -> None:
    command = publish("Office ")
    assert needs_of(command).calendars == {"Office"}
    with pytest.raises(Refusal, match="publish every calendar first"):
        decide(command, PublishedDefinition(), START, [Published()])
    (published,) = decide(command, PublishedDefinition(), START, [Published("published", 1)])
    assert published.body["teams"][0]["pauses"] == ["customer", "third_party"]


def test_a_team_has_the_target_of_the_priority_else_its_own_whatever_the_spelling() -> None:
    rule = TeamRules(1, 0, 0, workforce(teams=[{"name": "Đội mạng", "target": "8h", "targets": {"P1": "1h"}}])).of(
        "Đội  mạng"
    )
    assert [rule.target_of(priority) for priority in ("P1 ", "P2", None)] == [
        3_600 * SECOND,
        28_800 * SECOND,
        28_800 * SECOND,
    ]
    assert TeamRules(1, 0, 0, Workforce()).of("Đội mạng") is UNKNOWN_TEAM


def test_the_version_that_took_effect_last_counts_of_those_recorded_by_then() -> None:
    versions = [TeamRules(1, 10, 5, Workforce()), TeamRules(2, 20, 6, Workforce()), TeamRules(3, 20, 9, Workforce())]
    history = TeamRuleHistory(versions)

    def version(instant: int, position: int) -> int:
        return history.at(instant, position).version

    assert [version(9, 99), version(10, 99), version(20, 99)] == [0, 1, 3]
    assert [version(20, 4), version(20, 5), version(20, 8), version(20, 9)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("load", "rules"),
    [
        (Load(1, 7_200, 7_200), []),
        (Load(1, 7_201, 7_200), ["over_working_time"]),
        (Load(1, 1, 0), []),
        (Load(1, 1, 0.000001), []),
        (Load(1, 1, None), []),
        (Load(3, 0, 60, capacity=3), []),
        (Load(4, 0, 60, capacity=3), ["over_capacity"]),
        (Load(1, 0, 60, capacity=0), ["over_capacity"]),
        (Load(4, 0, 60, team_tickets=[4, 1, 1]), []),
        (Load(6, 0, 60, team_tickets=[6, 4, 2]), []),
        (Load(7, 0, 60, team_tickets=[7, 4, 2]), ["over_team_median"]),
        (Load(5, 0, 60, team_tickets=[5, 0, 0]), ["over_team_median"]),
        (Load(9, 100, 60, 8, [9, 5]), ["over_working_time", "over_capacity"]),
        (Load(9, 100, 60, 8, [9, 4]), ["over_working_time", "over_capacity"]),
        (Load(9, 100, 60, 8, [9, 2, 2]), ["over_working_time", "over_capacity", "over_team_median"]),
    ],
)
def test_every_rule_of_overload_that_holds_is_named(load: Load, rules: list[str]) -> None:
    assert load.overloaded_by == rules


@given(st.integers(0, 9), st.floats(0, 100), st.none() | st.floats(0, 100))
def test_a_load_without_a_second_left_is_not_defined(tickets: int, effort: float, left: float | None) -> None:
    assert (Load(tickets, effort, left).value is None) == (left is None or left < 1)


def test_a_workforce_read_back_from_the_log_is_the_same() -> None:
    body = workforce(teams=[{"name": "A", "targets": {"P1": "90m"}}], agents=[{"name": "an", "team": "A"}])
    assert WORKFORCE.body.model_validate(body.model_dump(mode="json")) == body


def test_the_lead_of_a_team_is_found_by_any_spelling_of_its_name() -> None:
    made = workforce(teams=[{"name": "Tier 1", "lead": "Lan"}, {"name": "Tier 2"}])
    assert made.lead_of(" Tier  1 ") == "Lan"
    assert made.lead_of("Tier 2") is None
    assert made.lead_of("nobody's") is None
