"""A policy file: a policy with its calendars and worked examples, as a support manager writes it in TOML."""

from collections.abc import Iterator, Sequence
from itertools import chain

from domain.messages import Message
from domain.sla.calendar.business_time import AROUND_THE_CLOCK, CalendarDefinition
from domain.sla.policy import bounds
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import PolicyHistory, always
from domain.sla.policy_file.lint import without_effect
from domain.sla.policy_file.story import StoryRefused
from domain.sla.policy_file.worked_example import Example, example_beyond
from domain.text_folding import fold_name
from domain.toml_file import ExampleResult, FileProblem, check_examples, problem_at, read_file, refused
from domain.toml_text import KeyPath, TomlLines


class PolicyFile(Message):
    """A policy with every calendar it counts on, and the examples that must hold under it:

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
    def policy_history(self) -> PolicyHistory:
        """The policy history in which the file is in effect always."""
        return always(self.policy, self.calendars)


def read_policy_file(text: str, published: Sequence[CalendarDefinition] = ()) -> PolicyFile:
    """The policy file in a text, with the published calendars that it counts on and does not hold.

    Raises FileRefused.
    """
    file = read_file(text, PolicyFile)
    own = {fold_name(calendar.name) for calendar in file.calendars}
    counted_on = [
        each for each in published if fold_name(each.name) in file.policy.calendars - own - {AROUND_THE_CLOCK.name}
    ]
    if counted_on:
        file = file.model_copy(update={"calendars": (*file.calendars, *counted_on)})
    if wrong := list(_beyond(file)) or list(_wrong_together(file)):
        raise refused(text, wrong)
    return file


def check(file: PolicyFile, text: str) -> list[ExampleResult]:
    """Checks every example of a file against its own policy; ``text`` is the text of the file."""
    return check_examples(file.examples, file.policy_history, text)


def warnings(file: PolicyFile, text: str) -> list[FileProblem]:
    """The parts of the policy without effect, by line. The file can be used nevertheless."""
    lines = TomlLines(text)
    return sorted(problem_at(lines, ("policy", *path), reason) for path, reason in without_effect(file.policy))


def _beyond(file: PolicyFile) -> Iterator[tuple[KeyPath, str]]:
    """The parts of the file that exceed a bound."""
    parts = chain(
        (((), excess) for excess in bounds.counted(("calendars",), file.calendars, bounds.CALENDARS)),
        (((), excess) for excess in bounds.counted(("examples",), file.examples, bounds.EXAMPLES)),
        ((("policy",), excess) for excess in bounds.policy_beyond(file.policy)),
        (
            (("calendars", n), excess)
            for n, each in enumerate(file.calendars)
            for excess in bounds.calendar_beyond(each)
        ),
        ((("examples", n), excess) for n, each in enumerate(file.examples) for excess in example_beyond(each)),
    )
    for table, (path, reason) in parts:
        yield (*table, *path), reason


def _wrong_together(file: PolicyFile) -> Iterator[tuple[KeyPath, str]]:
    """The problems that no part of the file has alone."""
    names = [calendar.name for calendar in file.calendars]
    folded = [*map(fold_name, names), AROUND_THE_CLOCK.name]
    for number, name in enumerate(names):
        if folded[number] in folded[:number]:
            yield ("calendars", number, "name"), f"there are two calendars {name!r}: give one of them another name"
    known = ", ".join(sorted({*names, AROUND_THE_CLOCK.name}))
    for number, rule in enumerate(file.policy.rules):
        for target, promise in rule.targets.items():
            if fold_name(promise.calendar) not in folded:
                reason = f"unknown calendar {promise.calendar!r}: define it in this file, or use {known}"
                yield ("policy", "rules", number, target, "calendar"), reason
    for number, example in enumerate(file.examples):
        try:
            example.history()
        except StoryRefused as refused:
            yield ("examples", number, "story", refused.line), str(refused)
