"""A policy in a file that a support manager reads and writes: what is promised, calendars, and worked examples."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from pydantic import ValidationError

from domain.messages import Message
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition
from domain.sla.policy import bounds
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import PolicyHistory, always
from domain.sla.policy_file.lint import without_effect
from domain.sla.policy_file.story import StoryRefused
from domain.sla.policy_file.worked_example import Example, example_beyond
from domain.text_folding import fold_name
from domain.toml_text import KeyPath, TooMuchTOML, line_of, read_toml

MOST_PROBLEMS = 20
"""How many are told at once."""

_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


class PolicyFileProblem(NamedTuple):
    """A line of the file, from 1, and what is wrong there."""

    line: int
    reason: str


class PolicyFileRefused(Exception):  # noqa: N818 -- names what happened
    """The file cannot be used; ``problems`` say where and why."""

    def __init__(self, problems: Sequence[PolicyFileProblem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.reason}" for problem in problems))
        self.problems = problems


class PolicyFile(Message):
    """The policy with every calendar it counts on, and the examples that must hold under it:

    [policy]
    name = "Office hours"

    [[policy.rules]]
    resolution = { duration = "8h", calendar = "Hanoi office", pauses = ["customer"] }

    [[calendars]]
    name = "Hanoi office"
    zone = "Asia/Ho_Chi_Minh"
    week = { mon-fri = ["08:00-12:00", "13:00-17:00"] }

    [[examples]]
    name = "Received on Friday afternoon"
    zone = "Asia/Ho_Chi_Minh"
    story = ["2026-03-06 16:00 received", "2026-03-09 09:00 resolved"]
    resolution = { due = "2026-03-09 16:00", verdict = "met", elapsed = "2h" }
    """

    policy: Policy
    calendars: tuple[CalendarDefinition, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def rulebook(self) -> PolicyHistory:
        """As if the file had been in effect always."""
        return always(self.policy, self.calendars)


class ExampleResult(NamedTuple):
    """An example, its line in the file, and where the clocks say something else; no differences: it holds."""

    example: str
    line: int
    differences: list[str]


def read_policy_file(text: str) -> PolicyFile:
    """The file of that text. Raises PolicyFileRefused."""
    try:
        file = PolicyFile.model_validate(read_toml(text))
    except TooMuchTOML as error:
        raise PolicyFileRefused([PolicyFileProblem(1, str(error))]) from None
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else len(text.split("\n"))
        raise PolicyFileRefused([PolicyFileProblem(line, _TOML_LINE.sub("", str(error)))]) from None
    except ValidationError as error:
        raise PolicyFileRefused(_problems(text, [(tuple(e["loc"]), e["msg"]) for e in error.errors()])) from None
    if found_wrong := list(_beyond(file)) or list(_wrong_together(file)):
        raise PolicyFileRefused(_problems(text, found_wrong))
    return file


def check(file: PolicyFile, text: str) -> list[ExampleResult]:
    """Every example of the file, judged by its own policy; ``text`` is what it was read from."""
    return [
        ExampleResult(example.name, line_of(text, ("examples", place)), example.differences(file.rulebook))
        for place, example in enumerate(file.examples)
    ]


def warnings(file: PolicyFile, text: str) -> list[PolicyFileProblem]:
    """What the policy says to no effect, in the order of the file; it can be used nevertheless."""
    return sorted(_problem(text, ("policy", *path), reason) for path, reason in without_effect(file.policy))


def _beyond(file: PolicyFile) -> Iterator[tuple[KeyPath, str]]:
    """What exceeds a bound."""
    for field, found, bound in (
        (("calendars",), file.calendars, bounds.CALENDARS),
        (("examples",), file.examples, bounds.EXAMPLES),
    ):
        if len(found) > bound.most:
            yield bounds.beyond(field, len(found), bound)
    parts = chain(
        ((("policy",), one) for one in bounds.policy_beyond(file.policy)),
        ((("calendars", n), one) for n, made in enumerate(file.calendars) for one in bounds.calendar_beyond(made)),
        ((("examples", n), one) for n, made in enumerate(file.examples) for one in example_beyond(made)),
    )
    for where, (path, reason) in parts:
        yield (*where, *path), reason


def _wrong_together(file: PolicyFile) -> Iterator[tuple[KeyPath, str]]:
    """What no part of the file can know of alone."""
    names = [calendar.name for calendar in file.calendars]
    folded = [*map(fold_name, names), AROUND_THE_CLOCK.name]
    for place, name in enumerate(names):
        if folded[place] in folded[:place]:
            yield ("calendars", place, "name"), f"there are two calendars {name!r}: give one of them another name"
    known = ", ".join(sorted({*names, AROUND_THE_CLOCK.name}))
    for place, rule in enumerate(file.policy.rules):
        for target, promise in rule.targets.items():
            if fold_name(promise.calendar) not in folded:
                reason = f"unknown calendar {promise.calendar!r}: define it in this file, or use {known}"
                yield ("policy", "rules", place, target, "calendar"), reason
    for place, example in enumerate(file.examples):
        try:
            example.history()
        except StoryRefused as refused:
            yield ("examples", place, "story", refused.line), str(refused)


def _problems(text: str, wrong: Sequence[tuple[KeyPath, str]]) -> list[PolicyFileProblem]:
    """In the order of the file, MOST_PROBLEMS of them; what is said of several days of one range is said once."""
    reasons: dict[str, KeyPath] = {}
    for path, message in wrong:
        reasons.setdefault(message.removeprefix("Value error, "), path)
    found = islice(reasons.items(), MOST_PROBLEMS)
    return sorted(_problem(text, path, reason) for reason, path in found)


def _problem(text: str, path: KeyPath, reason: str) -> PolicyFileProblem:
    return PolicyFileProblem(line_of(text, path), f"{_told(path)}{reason}")


def _told(path: KeyPath) -> str:
    return "".join(f" {part + 1}" if isinstance(part, int) else f", {part}" for part in path).lstrip(", ") + ": "
