"""A policy file is tested by its own examples, which say what is so instead."""

import pytest

from domain.sla.policy_file.policy_file import check, read_policy_file
from tests.support.policy_texts import differences


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
    (outcome,) = outcome_of(f"story = {lines}\nfirst_response = {{ {expected} }}")
    assert outcome.startswith(f"first_response {difference}")


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
