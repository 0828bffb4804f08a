"""A policy file is read as people write it, refused with the line and the reason, and tested by its own examples."""

import re
import tomllib
from pathlib import Path

import pytest

from domain.message import Message
from domain.sla import story
from domain.sla.calendar_definition import CalendarDefinition
from domain.sla.policy import DEFAULT_POLICY, Policy, Rule, Target
from domain.sla.policy_file import PolicyFileRefused, check, read_policy_file, warnings
from domain.sla.worked_example import Example, Expected
from domain.toml_text import line_of

SHIPPED = Path(__file__).parents[3] / "api" / "policies"

OFFICE = """\
[policy]
name = "Office hours"

[[policy.rules]]
priority = ["P1"]
resolution = { duration = "1h", warn_at = [0.5] }

[[policy.rules]]
[policy.rules.resolution]
duration = "8h"
calendar = "Office"

[[calendars]]
name = "Office"
zone = "Asia/Ho_Chi_Minh"

[calendars.week]
mon-fri = [
    "08:00-12:00",
    "13:00-17:00",
]
sat = ["08:00-12:00"]

[[examples]]
name = "Over the weekend"
zone = "Asia/Ho_Chi_Minh"
story = [
    "2026-03-06 16:00 received",    # a Friday
    "2026-03-09 09:00 resolved",
]
resolution = { due = "2026-03-09 11:00", verdict = "met", elapsed = "6h" }
"""


def refused(old: str, new: str) -> list[tuple[int, str]]:
    """Where and why the file above is refused once something in it is written another way."""
    assert old in OFFICE
    with pytest.raises(PolicyFileRefused) as refusal:
        read_policy_file(OFFICE.replace(old, new, 1))
    return [(problem.line, problem.reason) for problem in refusal.value.problems]


def differences(old: str, new: str) -> list[str]:
    text = OFFICE.replace(old, new, 1)
    (outcome,) = check(read_policy_file(text), text)
    return outcome.differences


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
        ('"8h"', "true", 10, "should be a valid integer"),
        ("resolution = { dur", 'first_response = { pauses = "internal", dur', 6, "our own waiting does not pause"),
        ('elapsed = "6h"', "elapsed = true", 31, "should be a valid integer"),
        ("[0.5]", "[true]", 6, "should be a valid number"),
        ("[0.5]", "[1.5]", 6, "warning point 1.5 is not between 0 and 1"),
        ('calendar = "Office"', 'calendar = "Ofice"', 11, "unknown calendar 'Ofice'"),
        ("[policy.rules.resolution]", 'channel = "zalo"\n[policy.rules.resolution]', 1, "no rule matches every ticket"),
        ('priority = ["P1"]', "", 1, "rule 1 matches every ticket, so rule 2 is never reached"),
        ('duration = "8h"', 'duration = "8h"\nresolv = 1', 11, "Extra inputs are not permitted"),
        ('zone = "Asia/Ho_Chi_Minh"', "", 13, "zone: Field required"),
        ("09:00 resolved", "09:00 solved", 29, "nobody knows what 'solved' means"),
        ("09:00 resolved", "resolved", 29, "is no moment"),
        ("2026-03-09 09:00 resolved", "2026-03-06 15:59 resolved", 29, "lies before the ticket was received"),
        ("2026-03-09 09:00 resolved", "2026-03-06 08:59Z resolved", 29, "lies before the ticket was received"),
        ("09:00 resolved", "09:00 priority P9", 29, "'P9' is no priority"),
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
    ((found, told),) = refused(old, new)
    assert found == line
    assert reason in told


def test_all_that_is_wrong_is_told_in_the_order_of_the_file() -> None:
    text = 'examples = [{ name = "no story" }]\n' + OFFICE.partition("[[examples]]")[0]
    text = text.replace('"8h"', '"soon"').replace("Asia/Ho_Chi_Minh", "Mars", 1)
    with pytest.raises(PolicyFileRefused) as refusal:
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
    found = warnings(read_policy_file(text), text)
    assert [doubt.line for doubt in found] == [line for line, _ in warned]
    assert all(reason in doubt.reason for doubt, (_, reason) in zip(found, warned, strict=True))


def test_two_calendars_of_one_name_are_refused() -> None:
    second = '\n[[calendars]]\nname = "Office"\nzone = "UTC"\nweek = { mon-sun = ["00:00-24:00"] }\n'
    with pytest.raises(PolicyFileRefused, match=r"line 34: calendars 2, name: there are two calendars 'Office'"):
        read_policy_file(OFFICE + second)


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("09 11:00", "09 10:00", "resolution is due 2026-03-09 11:00:00+07:00, not 2026-03-09 10:00:00+07:00"),
        ('"met"', '"breached"', "resolution is met, not breached"),
        ('"6h"', '"1h 30m"', "resolution took 6h, not 1h 30m"),
        ("resolution = { due", "next_response = { due", "next_response is not promised"),
    ],
)
def test_an_example_that_does_not_hold_says_what_is_so_instead(old: str, new: str, difference: str) -> None:
    assert differences(old, new) == [difference]


def test_an_example_can_be_asked_at_any_instant() -> None:
    at_noon = 'asked = "2026-03-07 12:00"\nresolution = { verdict = "open", elapsed = "5h" }'
    assert differences('resolution = { due = "2026-03-09 11:00", verdict = "met", elapsed = "6h" }', at_noon) == []
    assert differences('"2026-03-09 09:00 resolved",\n]', ']\nasked = "2026-03-09 11:00:01"') == [
        "resolution is breached, not met",
        "resolution took 8h 1s, not 6h",
    ]


def test_an_example_may_tell_what_happened_late_as_a_desk_hears_of_it() -> None:
    lines = '"2026-03-09 09:30 replied",\n    "2026-03-09 08:30 customer wrote",\n    "2026-03-09 09:00 resolved"'
    assert differences('"2026-03-09 09:00 resolved"', lines) == []


BOTS = """\
[policy]
name = "Everything"

[[policy.rules]]
priority = "P4"
resolution = "none"

[[policy.rules]]
first_response = { duration = "4h", calendar = "Office", warn_at = ["30m before", 0.5] }
resolution = { duration = "4h", calendar = "Office", pauses = ["customer"] }

[[calendars]]
name = "Office"
zone = "Asia/Ho_Chi_Minh"
week = { mon-fri = ["08:00-12:00", "13:00-17:00"] }

"""


def outcome_of(example: str) -> list[str]:
    """Where an example, written under the policy above, does not hold."""
    text = BOTS + "[[examples]]\nname = 'x'\nzone = 'Asia/Ho_Chi_Minh'\n" + example
    (outcome,) = check(read_policy_file(text), text)
    return outcome.differences


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (["08:00 received", "08:10 noted", "08:20 replied by a bot"], 'first_response = { verdict = "open" }'),
        (["08:00 received", "08:20 resolved by a bot", "09:00 closed"], 'first_response = { elapsed = "1h" }'),
        (
            ["08:00 received", "11:40 noted"],
            'first_response = { due = "2026-03-02 12:00", due_open_at = "2026-03-02 13:00" }',
        ),
        (
            ["08:00 received", "11:40 noted"],
            'first_response = { warned = ["2026-03-02 10:00", "2026-03-02 11:30"] }',
        ),
        (["08:00 received", "09:00 noted"], "first_response = { warned = [] }"),
        (["08:00 received", "09:00 merged"], 'resolution = { verdict = "cancelled", elapsed = "1h" }'),
        (
            ["08:00 received", "09:00 merged", "10:00 merge undone"],
            'resolution = { verdict = "open", due = "2026-03-02 14:00" }',
        ),
        (
            ["08:00 received", "14:00 noted", "11:00 replied, recorded 2026-03-02 14:30"],
            'asked = "2026-03-02 15:00"\nfirst_response = { verdict = "met", elapsed = "3h" }',
        ),
        (
            ["08:00 received", "14:00 noted", "11:00 replied, recorded 2026-03-02 14:30"],
            'asked = "2026-03-02 15:00"\nknown_at = "2026-03-02 14:29"\nfirst_response = { verdict = "breached" }',
        ),
        (["08:00 received"], 'priority = "P4"\nresolution = "none"\nfirst_response = "none"'),
        (["08:00 received", "09:00 priority P4"], 'resolution = { verdict = "cancelled" }\nnext_response = "none"'),
    ],
)
def test_an_example_tells_notes_bots_merges_late_facts_warnings_openings_and_what_is_not_promised(
    happened: list[str], expected: str
) -> None:
    lines = [f"2026-03-02 {line}" for line in happened]
    assert outcome_of(f"story = {lines}\n{expected}") == []


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ('warned = ["2026-03-02 09:00"]', "is warned of 2026-03-02 10:00:00+07:00, not 2026-03-02 09:00:00+07:00"),
        ("warned = []", "is warned of 2026-03-02 10:00:00+07:00, not never"),
        (
            'due_open_at = "2026-03-02 12:30"',
            "may still be met until 2026-03-02 13:00:00+07:00, not 2026-03-02 12:30:00",
        ),
        ('verdict = "not promised"', "is open, not not promised"),
    ],
)
def test_what_is_so_instead_is_told_of_warnings_and_openings_too(expected: str, difference: str) -> None:
    lines = "['2026-03-02 08:00 received', '2026-03-02 10:30 noted']"
    (told,) = outcome_of(f"story = {lines}\nfirst_response = {{ {expected} }}")
    assert told.startswith(f"first_response {difference}")


def test_what_is_expected_and_not_promised_is_told() -> None:
    lines = "['2026-03-02 08:00 received']"
    assert outcome_of(f"priority = 'P4'\nstory = {lines}\nresolution = {{ verdict = 'open' }}") == [
        "resolution is not promised"
    ]


def test_each_instance_in_turn_can_be_expected() -> None:
    text = """\
[policy]
name = "Answers"
rules = [{ next_response = "1h" }]

[[examples]]
name = "Two questions"
story = [
    "2026-03-02 08:00 received",
    "2026-03-02 09:00 customer wrote",
    "2026-03-02 09:10 replied automatically",
    "2026-03-02 09:30 replied",
    "2026-03-02 10:00 customer wrote",
]
asked = "2026-03-02 12:00"
next_response = [{ verdict = "met", elapsed = "30m" }, { verdict = "met" }]
"""
    (outcome,) = check(read_policy_file(text), text)
    assert (outcome.line, outcome.differences) == (5, ["next_response 2 is breached, not met"])


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
        assert lines[line_of(OFFICE, path) - 1].startswith(beginning), path
    assert line_of(OFFICE, ("policy", "rules", 1)) == 8


def test_a_text_of_many_lines_begins_where_its_key_stands() -> None:
    text = 'a = 1\nb = """\nc = 2\n"""\n\n# a remark\nc = 3\n'
    assert tomllib.loads(text)["c"] == 3
    assert [line_of(text, (key,)) for key in "abc"] == [1, 2, 7]
