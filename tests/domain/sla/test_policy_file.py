"""A policy file is read as people write it, or refused with the line and the reason."""

import re
import tomllib
from pathlib import Path

import pytest

from domain.messages import Message
from domain.sla.calendar.definition import CalendarDefinition
from domain.sla.policy.policy import DEFAULT_POLICY, Policy, Rule, Target
from domain.sla.policy_file import story
from domain.sla.policy_file.policy_file import check, read_policy_file, warnings
from domain.sla.policy_file.worked_example import Example, Expected
from domain.toml_file import FileRefused
from domain.toml_text import TomlLines
from tests.support.policy_texts import OFFICE, differences

SHIPPED = Path(__file__).parents[3] / "api" / "policies"


def refused(old: str, new: str) -> list[tuple[int, str]]:
    """Where and why the file above is refused once something in it is written another way."""
    assert old in OFFICE
    with pytest.raises(FileRefused) as refusal:
        read_policy_file(OFFICE.replace(old, new, 1))
    return [(problem.line, problem.reason) for problem in refusal.value.problems]


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_policy_holds_its_own_examples(file: Path) -> None:
    text = file.read_text()
    outcomes = check(read_policy_file(text), text)
    assert len(outcomes) >= 4
    assert {outcome.example: outcome.differences for outcome in outcomes if outcome.differences} == {}


REFERENCE = (Path(__file__).parents[3] / "docs" / "reference" / "policy-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL))
def test_every_policy_on_the_reference_page_is_read_and_holds_its_examples(text: str) -> None:
    outcomes = check(read_policy_file(text), text)
    assert {outcome.example: outcome.differences for outcome in outcomes if outcome.differences} == {}


@pytest.mark.parametrize("model", [Policy, Rule, Target, CalendarDefinition, Example, Expected])
def test_the_reference_page_names_every_key_of_a_policy_file(model: type[Message]) -> None:
    assert [key for key in model.model_fields if f"`{key}`" not in REFERENCE] == []


def test_the_reference_page_names_every_line_of_a_story() -> None:
    assert [line for line in story._HAPPENINGS if f"`{line}`" not in REFERENCE] == []


def test_the_shipped_handbook_is_the_default_policy() -> None:
    assert read_policy_file((SHIPPED / "handbook.toml").read_text()).policy.rules == DEFAULT_POLICY.rules


def test_a_file_is_read_as_it_is_written() -> None:
    file = read_policy_file(OFFICE)
    assert [rule.targets["resolution"].duration for rule in file.policy.rules] == [3_600, 28_800]
    assert file.calendars[0].name == "Office"
    assert differences("met", "met") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"13:00-17:00"', '"11:30-17:00"', 17, "mon 08:00-12:00 overlaps mon 11:30-17:00"),
        ('"13:00-17:00"', '"1pm-5pm"', 20, "'1pm-5pm' is not an interval"),
        ("mon-fri", "mon-tue = []\nmon-fri", 17, "mon is given twice"),
        ("Asia/Ho_Chi_Minh", "Asia/Hanoi", 15, "unknown time zone 'Asia/Hanoi'"),
        ('"8h"', '"0h"', 10, "greater than 0"),
        ('"8h"', '"a day"', 10, "'a day' is not a duration"),
        ('"8h"', '"40000d"', 10, "a duration is at most 100 years"),
        ('"8h"', "true", 10, "write a whole number"),
        ("resolution = { dur", 'first_response = { pauses = "internal", dur', 6, "our own waiting does not pause"),
        ('elapsed = "6h"', "elapsed = true", 31, "write a whole number"),
        ("[0.5]", "[true]", 6, "should be a valid number"),
        ("[0.5]", "[1.5]", 6, "warning point 1.5 is not between 0 and 1"),
        ('calendar = "Office"', 'calendar = "Ofice"', 11, "unknown calendar 'Ofice'"),
        ("[policy.rules.resolution]", 'channel = "zalo"\n[policy.rules.resolution]', 1, "no rule matches every ticket"),
        ('priority = ["P1"]', "", 1, "rule 1 matches every ticket, so rule 2 is never reached"),
        ('duration = "8h"', 'duration = "8h"\nresolv = 1', 11, "there is no such field"),
        ('zone = "Asia/Ho_Chi_Minh"', "", 13, "zone: this field is required"),
        ("09:00 resolved", "09:00 solved", 29, "'solved' is no event of a story"),
        ("09:00 resolved", "resolved", 29, "is not a line of a story"),
        ("2026-03-09 09:00 resolved", "2026-03-06 15:59 resolved", 29, "lies before the ticket was received"),
        ("2026-03-09 09:00 resolved", "2026-03-06 08:59Z resolved", 29, "lies before the ticket was received"),
        ("09:00 resolved", "09:00 priority P9", 29, "'P9' is not a priority"),
        ("09:00 resolved", "09:00 work resumed", 29, "only a waiting ticket can be resumed"),
        ("09:00 resolved", "09:00 resolved, recorded 2026-03-09 08:00", 29, "before it happened"),
        (
            "09:00 resolved",
            '09:00 noted, recorded 2026-03-09 10:00", "2026-03-09 09:30 resolved, recorded 2026-03-09 09:40',
            29,
            "before the line above",
        ),
        ("16:00 received", "16:00 replied", 27, "the story begins with the ticket being received"),
        ('name = "Office hours"', 'name = "Office', 2, "Illegal character"),
        ('elapsed = "6h" }', 'elapsed = "6h"', 31, "Unclosed inline table"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_and_the_reason(old: str, new: str, line: int, reason: str) -> None:
    ((at_line, why),) = refused(old, new)
    assert at_line == line
    assert reason in why


def test_all_that_is_wrong_is_told_in_the_order_of_the_file() -> None:
    text = 'examples = [{ name = "no story" }]\n' + OFFICE.partition("[[examples]]")[0]
    text = text.replace('"8h"', '"soon"').replace("Asia/Ho_Chi_Minh", "Mars", 1)
    with pytest.raises(FileRefused) as refusal:
        read_policy_file(text)
    assert [problem.line for problem in refusal.value.problems] == [1, 11, 16]


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_no_shipped_policy_says_anything_to_no_effect(file: Path) -> None:
    assert warnings(read_policy_file(file.read_text()), file.read_text()) == []


@pytest.mark.parametrize(
    ("selectors", "warned"),
    [
        (['priority = "P1"', 'priority = "P2"', 'category = "a"'], []),
        (['priority = "p1"'], [(2, "priority 1: no ticket has the priority 'p1', unless it was imported")]),
        (['channel = ["email", "fax"]'], [(2, "channel 2: no ticket has the channel 'fax'")]),
        (['priority = "9"', 'priority = ["P1", "9"]'], [(2, "the priority '9'"), (5, "the priority '9'")]),
        (['priority = ["P1", "P2"]', 'priority = "P2"'], [(4, "rules 2: never reached: rule 1 matches all")]),
        (['category = "a"', 'category = "a"\ncustomer_tier = "gold"'], [(4, "rules 2: never reached: rule 1")]),
        (['category = "a"\ncustomer_tier = "gold"', 'category = "a"'], []),
        (['category = "a"', 'customer_tier = "gold"', 'category = ["a", "b"]'], []),
    ],
)
def test_what_a_policy_says_to_no_effect_is_warned_of(selectors: list[str], warned: list[tuple[int, str]]) -> None:
    rules = "".join(f'[[policy.rules]]\n{selector}\nresolution = "1h"\n' for selector in [*selectors, ""])
    text = rules + '[policy]\nname = "Any"\n'
    warned_of = warnings(read_policy_file(text), text)
    assert [doubt.line for doubt in warned_of] == [line for line, _ in warned]
    assert all(reason in doubt.reason for doubt, (_, reason) in zip(warned_of, warned, strict=True))


def test_two_calendars_of_one_name_are_refused() -> None:
    second = '\n[[calendars]]\nname = "Office"\nzone = "UTC"\nweek = { mon-sun = ["00:00-24:00"] }\n'
    with pytest.raises(FileRefused, match=r"line 34: calendars 2, name: there are two calendars 'Office'"):
        read_policy_file(OFFICE + second)


def test_what_begins_on_a_line_is_found_there() -> None:
    lines = OFFICE.split("\n")
    for path, beginning in {
        ("policy",): "[policy]",
        ("policy", "rules", 1): "[[policy.rules]]",
        ("policy", "rules", 1, "resolution"): "[policy.rules.resolution]",
        ("policy", "rules", 0, "resolution", "warn_at", 0): "resolution =",
        ("calendars", 0, "week", "mon"): "mon-fri =",
        ("calendars", 0, "week", "mon", 1): '    "13:00',
        ("calendars", 0, "week", 1): "sat =",
        ("examples", 0, "story", 1): '    "2026-03-09',
        ("examples", 0, "channel"): "[[examples]]",
    }.items():
        assert lines[TomlLines(OFFICE).line_of(path) - 1].startswith(beginning), path
    assert TomlLines(OFFICE).line_of(("policy", "rules", 1)) == 8


def test_a_text_of_many_lines_begins_where_its_key_stands() -> None:
    text = 'a = 1\nb = """\nc = 2\n"""\n\n# a remark\nc = 3\n'
    assert tomllib.loads(text)["c"] == 3
    assert [TomlLines(text).line_of((key,)) for key in "abc"] == [1, 2, 7]
