"""Rules as definitions: what is taken, the quick test of events, and the shipped files with their examples."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.automation.definition import AutomationRule
from domain.automation.effect_targets import Firing
from domain.automation.effects import commands_of
from domain.automation.event_test import EventValues, RuleIndex, event_test
from domain.automation.facts import Facts, Subject
from domain.automation.fields import RuleCondition
from domain.automation.firing import Trigger, first_unmet_of
from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.notification.commands import RequestNotification
from domain.predicate import Value, first_unmet, holds
from domain.readable import Language
from domain.task.commands import OpenTask
from domain.toml_file import FileRefused
from tests.support.events import AGENT, CUSTOMER_ACTOR, NOON, SYSTEM, at, history, received

NOTE = {"do": "add-note", "body": "noted"}
NOTIFY = {"do": "notify", "to": "agent:lan", "channel": "email", "template": "received"}


def rule(**fields: Any) -> AutomationRule:
    return AutomationRule.model_validate({"on": ["ticket.received"], "then": [NOTE]} | fields)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"on": []}, "give either `on`"),
        ({"at": {"due": "csat-missing"}}, "give either `on`"),
        ({"on": ["ticket.unheard_of"]}, "is no topic"),
        ({"on": ["definition.published"]}, "is no topic"),
        ({"on": ["automation.fired"]}, "is no topic"),
        ({"on": ["ticket.re-opened"]}, r"did you mean ticket\.reopened"),
        ({"then": []}, "at least 1 item"),
        ({"then": [{"do": "escalate", "to": "lead", "level": 10}]}, "less than or equal to 9"),
        ({"once_per": "due"}, "choose cause or subject"),
        ({"when": {"field": "event.score", "value": 1}}, "no event of `on` has the field"),
        ({"when": {"field": "event.channel", "value": 1}}, "compared with a text value: write it in quotation marks"),
        ({"when": {"field": "ticket.priority", "comparison": "above", "value": "P1"}}, "by `is` alone"),
        ({"when": {"field": "ticket.colour", "value": "red"}}, "no field ticket.colour"),
        ({"when": {"field": "customer.purchases", "value": 1}}, "needs days"),
        ({"when": {"field": "calendar.open", "value": True}}, "names a calendar"),
        ({"when": {"field": "ticket.open", "value": True, "calendar": "24x7"}}, "names a calendar"),
        ({"when": {"field": "due.number", "value": 1}}, "a rule with `on` has no"),
        ({"on": [], "at": {"due": "unheard-of"}}, "there is no due function"),
        ({"on": [], "at": {"due": "resolved-for", "colour": "red"}}, "colour"),
        ({"on": [], "at": {"due": "csat-missing"}, "when": {"field": "event.score", "value": 1}}, "has no event.score"),
        ({"then": [NOTIFY | {"data": {"agent": "x" * 2_001}}]}, "at most 2000 characters"),
        ({"then": [NOTIFY | {"not_before": "2h", "not_after": "1h"}]}, "not_after is shorter than not_before"),
        ({"limit": 0}, "greater than or equal to 1"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        rule(**fields)


FILE = """kind = "automation"
name = "r"
[body]
on = ["ticket.received"]
when.all = [
    { field = "ticket.open", value = true },
    { not = { field = "event.channel", value = "zalo" } },
]
[[body.then]]
do = "add-note"
body = "noted"
"""
ON, DOES = 'on = ["ticket.received"]', 'do = "add-note"\nbody = "noted"'


@pytest.mark.parametrize(
    ("word", "wrong", "line", "reason"),
    [
        ("ticket.received", "ticket.nix", 4, "body, on 1: 'ticket.nix' is no topic that rules react to"),
        ("event.channel", "event.hue", 7, "body, when, all 2, not: no event of `on` has the field 'hue'"),
        (
            "ticket.open",
            "open",
            6,
            "body, when, all, all 1, condition, field: 'open' is no field: write",
        ),
        (
            'on = ["ticket.received"]',
            'at = { due = "csat-missing", aftr = "24h" }',
            4,
            "body, at, aftr: there is no such",
        ),
        (
            'on = ["ticket.received"]',
            'at = { due = "csat-missing", after = "1 dayy" }',
            4,
            "body, at, after 1: '1 dayy' is",
        ),
        (
            'do = "add-note"\nbody = "noted"',
            'do = "assign"\nto = "Lan"',
            11,
            "body, then 1, assign, to: write holder, team",
        ),
        ("add-note", "explode", 10, "body, then 1, do: there is no 'explode' here: 'do' is one of 'assign', "),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_the_line_of_its_key(
    word: str, wrong: str, line: int, reason: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        read_definition_file(FILE.replace(word, wrong))
    (problem,) = refused.value.problems
    assert (problem.line, problem.reason[: len(reason)]) == (line, reason)


def test_a_recorded_rule_is_read_as_it_was() -> None:
    body = rule(when={"not": {"any": [{"field": "ticket.priority", "value": "P1"}]}}, stale_after="90m")
    assert AutomationRule.model_validate(body.model_dump(mode="json")) == body
    timed = rule(on=[], at={"due": "resolved-for", "after": "24h"})
    assert AutomationRule.model_validate(timed.model_dump(mode="json")) == timed


def test_a_rule_that_writes_to_customers_is_stale_after_two_hours_and_another_after_a_day() -> None:
    notify = {"do": "notify", "to": "customer", "channel": "email", "template": "received"}
    assert rule().stale_seconds == 24 * 3600
    assert rule(then=[NOTE, notify]).stale_seconds == 2 * 3600
    assert rule(then=[notify | {"to": "holder"}]).stale_seconds == 24 * 3600
    assert rule(stale_after="10m").stale_seconds == 600


def test_a_rule_names_the_calendars_that_it_counts_on() -> None:
    when = {"field": "calendar.open", "calendar": "Hanoi  office", "value": True}
    task = {"do": "open-task", "title": "look", "due": "8h", "calendar": "Shift"}
    assert rule(when=when, then=[task], quiet="Night").calendars == {"Hanoi office", "Shift", "Night"}


_channels = st.sampled_from(["zalo", "Zalo", "email", "hotline"])
_conditions = st.one_of(
    st.builds(lambda value: {"field": "event.channel", "value": value}, _channels),
    st.builds(lambda value: {"field": "event.channel", "value": value}, st.lists(_channels, max_size=3)),
    st.builds(lambda value: {"field": "actor.kind", "value": value}, st.sampled_from(["agent", "system", "customer"])),
    st.builds(lambda value: {"field": "ticket.priority", "value": value}, st.sampled_from(["P1", "P2"])),
)
_predicates: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _conditions,
    lambda parts: st.one_of(
        st.builds(lambda all_: {"all": all_}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda any_: {"any": any_}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, parts),
    ),
    max_leaves=6,
)


@given(_predicates, _channels, st.sampled_from([AGENT, SYSTEM, CUSTOMER_ACTOR]), st.sampled_from([None, "P1", "P3"]))
def test_the_quick_test_fails_only_where_no_subject_could_make_the_conditions_hold(
    when: dict[str, Any], channel: str, by: Any, priority: str | None
) -> None:
    body = rule(when=when)
    (event,) = history(at(0, received(channel=channel), by))
    facts = Facts(value_of=lambda _condition: priority)
    fires = first_unmet_of(body, Trigger(event), facts) is None
    test = event_test(body)
    passes = test is None or test(EventValues(event))
    assert passes or not fires
    assert bool(RuleIndex([(body, "it")]).matching(event)) is passes
    if all(condition.of in {"event", "actor"} for condition in body.conditions):
        assert passes is fires


@given(_predicates, st.dictionaries(st.sampled_from(["event.channel", "actor.kind", "ticket.priority"]), _channels))
def test_a_predicate_that_does_not_hold_names_a_condition_that_decides_it(
    when: dict[str, Any], values: dict[str, str]
) -> None:
    def value_of(condition: RuleCondition) -> Value:
        return values.get(condition.field)

    def plainly(part: Any) -> bool:
        if "all" in part:
            return all(map(plainly, part["all"]))
        if "any" in part:
            return any(map(plainly, part["any"]))
        if "not" in part:
            return not plainly(part["not"])
        wanted = part["value"] if isinstance(part["value"], list) else [part["value"]]
        has = values.get(part["field"])
        return has is not None and has.lower() in {word.lower() for word in wanted}

    predicate = rule(when=when).when
    assert holds(predicate, value_of) is plainly(when)
    unmet = first_unmet(predicate, value_of)
    if unmet is not None:
        assert unmet.has == value_of(unmet.condition)
        assert unmet.condition.is_met_by(unmet.has) is unmet.negated


def test_rules_are_found_in_their_order_by_what_they_need() -> None:
    (event,) = history(at(0, received(channel="zalo")))
    bodies = [
        rule(when={"field": "event.channel", "value": "email"}),
        rule(when={"field": "event.channel", "value": ["Zalo", "email"]}),
        rule(),
        rule(when={"all": [{"field": "ticket.open", "value": True}, {"field": "event.channel", "value": "zalo"}]}),
        rule(when={"field": "actor.id", "value": "nobody"}),
    ]
    assert RuleIndex((body, number) for number, body in enumerate(bodies)).matching(event) == [1, 2, 3]


SHIPPED = [(kind, name) for kind in kinds_shipped() for name in shipped_files(kind)]


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_the_examples_of_a_shipped_definition_hold(kind: str, name: str) -> None:
    text = shipped_files(kind)[name]
    written = read_definition_file(text)
    assert (written.kind.name, written.name) == (kind, name)
    assert written.examples
    assert [result for result in check(written, text) if result.differences] == []


def test_an_example_says_how_the_rule_differs_from_it() -> None:
    text = shipped_files("automation")["vip-first"].replace('"customer.tier" = "VIP"', '"customer.tier" = "gold"')
    written = read_definition_file(text)
    differences = [line for result in check(written, text) for line in result.differences]
    assert differences == ["customer.tier fails (gold), not nothing", "customer.tier fails (gold), not event.priority"]


def test_ids_of_begun_streams_differ_by_effect_and_by_firing() -> None:
    def begun(firing: str, number: int) -> UUID:
        facts = Facts(value_of=lambda _condition: None)
        return Firing("r", Subject(UUID(int=1), "ticket"), facts, firing, NOON).begun(number)

    assert len({begun("a", 1), begun("a", 2), begun("b", 1), begun("b", 2)}) == 4
    assert begun("a", 1) == begun("a", 1)


@pytest.mark.parametrize(("language", "title"), [("vi", "Gọi lại"), ("en", "Call back")])
def test_of_a_title_in_both_languages_a_task_has_the_one_in_the_tenants(language: Language, title: str) -> None:
    facts = Facts(value_of=lambda _condition: None, language=language)
    firing = Firing("r", Subject(UUID(int=1), "ticket"), facts, "f", NOON)
    both, same = ({"do": "open-task", "title": written} for written in ({"vi": "Gọi lại", "en": "Call back"}, "look"))
    given = commands_of(rule(then=[both, same]).then, firing)
    assert [each.command.title for each in given if isinstance(each.command, OpenTask)] == [title, "look"]


def test_an_effect_whose_values_make_no_command_is_refused_alone() -> None:
    facts = Facts(value_of=lambda _condition: None)
    firing = Firing("r", Subject(UUID(int=1), "ticket"), facts, "f", NOON, {"step": "x" * 2_001})
    notify, task = commands_of(rule(then=[NOTIFY, {"do": "open-task", "title": "look"}]).then, firing)
    assert (notify.command, notify.refused) == (None, "command_invalid")
    assert task.command is not None


@pytest.mark.parametrize(
    ("own", "of_instance", "until"),
    [
        (None, None, None),
        ("2h", None, NOON + timedelta(hours=2)),
        (None, NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
        ("2h", NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
        ("2h", NOON + timedelta(hours=3), NOON + timedelta(hours=2)),
    ],
)
def test_what_is_due_on_a_day_is_told_on_no_other_day(
    own: str | None, of_instance: datetime | None, until: datetime | None
) -> None:
    facts = Facts(value_of=lambda _condition: None)
    firing = Firing("r", Subject(UUID(int=1), "customer"), facts, "f", NOON, not_after=of_instance)
    (notify,) = commands_of(rule(then=[NOTIFY | ({"not_after": own} if own else {})]).then, firing)
    assert isinstance(notify.command, RequestNotification)
    assert notify.command.not_after == until


def test_what_ends_before_it_may_be_sent_is_expired() -> None:
    facts = Facts(value_of=lambda _condition: None)
    firing = Firing("r", Subject(UUID(int=1), "customer"), facts, "f", NOON, not_after=NOON + timedelta(hours=3))
    late, in_time = commands_of(rule(then=[NOTIFY | {"not_before": before} for before in ("11h", "3h")]).then, firing)
    assert (late.command, late.refused) == (None, "expired")
    assert in_time.command is not None
