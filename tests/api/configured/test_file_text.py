"""The text of a version, as the file that would publish it."""

import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.configured import comparison
from api.configured.checking import check_text, examples_of
from api.configured.comparison import ChangedField, changed_fields, compared_lines
from api.configured.file_text import file_text, shipped_text
from api.configured.readable_content import with_country_named
from api.configured.toml_writer import toml_text
from api.configured.versions import CALENDAR, POLICY, ConfigurationEvents, ConfiguredVersion
from domain.definitions.definition_file import read_definition_file
from domain.definitions.diff import differences
from domain.definitions.kinds import AUTOMATION, HEALTH, KINDS, TEMPLATE
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.messages import Message
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import DEFAULT_POLICY, Policy

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NOTHING = ConfigurationEvents((), ())
OFFICE = CalendarDefinition.model_validate(
    {
        "name": "Office",
        "zone": "Asia/Ho_Chi_Minh",
        "public_holidays": "VN",
        "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": ["08:00-12:00"]},
        "holidays": {"2026-12-24": "Outing"},
        "special_days": {"2026-01-10": ["08:00-12:00"]},
    }
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text()
CONTENT = st.dictionaries(
    st.text(),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)),
    max_size=4,
)


def version(kind: str, name: str, content: Message | dict[str, Any], number: int = 1) -> ConfiguredVersion:
    return ConfiguredVersion(kind, name, number, NOW, number, content)


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_none(part) for key, part in value.items() if part is not None}
    return [without_none(part) for part in value if part is not None] if isinstance(value, list) else value


@given(CONTENT.map(without_none))
def test_what_is_written_reads_as_it_was(content: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(content)) == content


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_each_shipped_and_built_in_definition_publishes_the_same(kind: str) -> None:
    bodies = {**KINDS[kind].shipped} | ({} if KINDS[kind].built_in is None else {"tenant": KINDS[kind].built_in})
    for name in shipped_files(kind) if kind in kinds_shipped() else ():
        bodies[name] = read_definition_file(shipped_files(kind)[name]).body
    for name, body in bodies.items():
        text = file_text(version(kind, name, body.model_dump(mode="json")))
        checked = check_text(kind, name, text, NOTHING, NOW)
        assert not checked.problems, text
        assert checked.content == body


def test_a_condition_begins_with_its_field_and_long_texts_keep_their_lines() -> None:
    rule = read_definition_file(shipped_files("automation")["vip-first"]).body
    assert '{ field = "customer.tier", value = "vip" },' in file_text(
        version(AUTOMATION.name, "vip-first", rule.model_dump(mode="json"))
    )
    text = file_text(version(TEMPLATE.name, "received", TEMPLATE.shipped["received"].model_dump(mode="json")))
    assert '\nWe have received your request "{ticket_subject}" under' in text


def test_a_policy_is_written_with_durations_and_with_rules_that_promise_nothing() -> None:
    policy = Policy.model_validate(
        {"name": "Odd", "rules": [{"priority": ["P4"], "resolution": "none"}, {"resolution": "1h 30m"}]}
    )
    text = file_text(version(POLICY, "tenant", policy))
    assert 'resolution = { duration = "1h 30m" }' in text
    assert 'resolution = "none"' in text
    assert check_text(POLICY, "tenant", text, NOTHING, NOW).content == policy


def test_a_published_calendar_names_its_country_again() -> None:
    published = OFFICE.with_holidays_written_out()
    text = file_text(version(CALENDAR, "Office", published), "VN")
    assert 'public_holidays = "VN"' in text
    assert 'mon-fri = ["08:00-12:00", "13:00-17:00"]' in text
    assert len(text.splitlines()) < 20
    checked = check_text(CALENDAR, " Office", text, NOTHING, NOW).content
    assert isinstance(checked, CalendarDefinition)
    assert checked.with_holidays_written_out() == published


def test_a_calendar_that_lacks_a_holiday_of_the_country_does_not_name_it() -> None:
    published = OFFICE.with_holidays_written_out()
    lacking = published.model_copy(update={"holidays": published.holidays[1:]})
    assert with_country_named(lacking, "VN") is lacking
    assert with_country_named(published, "DE") is published
    assert CalendarDefinition.model_validate(tomllib.loads(file_text(version(CALENDAR, "Office", lacking)))) == lacking


def test_a_text_of_another_kind_or_name_is_refused_with_its_line() -> None:
    text = '# a comment\nkind = "health"\n'
    (problem,) = check_text("automation", "vip-first", shipped_text("health", "tenant") or "", NOTHING, NOW).problems
    assert "this page is about the kind 'automation'" in problem.reason
    (problem, *_) = check_text("health", "tenant", text, NOTHING, NOW).problems
    assert problem.line >= 1
    other = file_text(version(CALENDAR, "Office", OFFICE))
    (problem,) = check_text(CALENDAR, "Night shift", other, NOTHING, NOW).problems
    assert problem.line == 1


def test_an_example_that_does_not_hold_stops_the_publication() -> None:
    text = (shipped_text("health", "tenant") or "").replace('band = "amber"', 'band = "red"')
    checked = check_text("health", "tenant", text, NOTHING, NOW)
    assert not checked.can_be_published
    (failing,) = checked.failing
    assert text.splitlines()[failing.line - 1] == "[[examples]]"


def test_shipped_examples_are_checked_against_another_body() -> None:
    body = HEALTH.built_in
    assert body is not None
    text = shipped_text("health", "tenant") or ""
    assert not any(example.differences for example in examples_of(text, body))
    stricter = body.model_copy(update={"least_coverage": 100})
    assert any(example.differences for example in examples_of(text, stricter))


def test_two_versions_differ_in_the_fields_that_the_api_names_and_in_their_lines() -> None:
    stricter = {"name": "Default", "rules": [{"priority": ["P1"], "resolution": "30m"}, {"resolution": "24h"}]}
    old, new = version(POLICY, "tenant", DEFAULT_POLICY, 0), version(POLICY, "tenant", Policy.model_validate(stricter))
    fields = changed_fields(old, new)
    assert isinstance(new.content, Policy)
    assert [each.path for each in fields] == [each.path for each in differences(DEFAULT_POLICY, new.content)]
    assert ("rules[0].resolution.duration", "1h", "30m") in fields
    lines = compared_lines(old, new) or []
    assert {line.kind for line in lines} >= {"equal", "removed", "changed"}
    assert [line.old for line in lines if line.old_number] == file_text(old).splitlines()
    assert [line.new for line in lines if line.new_number] == file_text(new).splitlines()


def test_texts_with_more_lines_than_can_be_compared_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (version(POLICY, "tenant", DEFAULT_POLICY, number) for number in (1, 2))
    lines = len(file_text(old).splitlines())
    monkeypatch.setattr(comparison, "MOST_LINES", lines)
    assert compared_lines(old, new) is not None
    monkeypatch.setattr(comparison, "MOST_LINES", lines - 1)
    assert compared_lines(old, new) is None


def test_long_equal_parts_are_left_out_of_a_comparison() -> None:
    rules = [{"category": [f"c{number}"], "resolution": "8h"} for number in range(30)]
    old = Policy.model_validate({"name": "Long", "rules": [*rules, {"resolution": "8h"}]})
    new = Policy.model_validate({"name": "Long", "rules": [*rules, {"resolution": "9h"}]})
    lines = compared_lines(version(POLICY, "tenant", old), version(POLICY, "tenant", new)) or []
    (left_out,) = [line for line in lines if line.kind == "left out"]
    assert left_out.lines_left_out + sum(line.kind == "equal" for line in lines) + 1 == len(
        file_text(version(POLICY, "tenant", old)).splitlines()
    )


def test_the_place_of_a_difference_reads_without_brackets() -> None:
    assert (
        ChangedField("rules[0].first_response.duration", None, None).readable_path
        == "rules 1 > first response > duration"
    )
    assert ChangedField("holidays[2026-02-17]", None, None).readable_path == "holidays 2026-02-17"
