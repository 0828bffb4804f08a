"""The results of worked examples, as `sla check` and `definition check` show them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from api.cli.printing import say, show_json, show_sentence
from api.cli.usage_error import UsageError
from domain.text_by_language import in_language
from domain.toml_file import ExampleResult, FileProblem

EXAMPLE_FAILS = 1
"""The exit code when a worked example does not hold."""


def show_checked(
    file: Path, outcomes: Sequence[ExampleResult], doubts: Sequence[FileProblem], *, as_json: bool
) -> None:
    """The results and what of the file has no effect. Ends the command when an example does not hold."""
    if as_json:
        warnings = [{"line": doubt.line, "reason": doubt.reason} for doubt in doubts]
        show_json({"examples": examples_as_json(outcomes), "warnings": warnings})
    else:
        show_examples(file, outcomes)
        for doubt in doubts:
            show_sentence(f"warn  {file}:{doubt.line}: {doubt.reason}")
        say_how_many_hold(outcomes)
    fail_unless_they_hold(outcomes)


def show_examples(file: Path, outcomes: Sequence[ExampleResult]) -> None:
    """A line for each example, and a line below it for each difference."""
    for outcome in outcomes:
        holds = "FAIL" if outcome.differences else "ok  "
        show_sentence(f"{holds}  {file}:{outcome.line}: {in_language(outcome.example, 'en')}")
        for difference in outcome.differences:
            show_sentence(f"      {difference}")


def examples_as_json(outcomes: Sequence[ExampleResult]) -> list[dict[str, Any]]:
    """The results for programs: an example has its English name."""
    return [outcome._replace(example=in_language(outcome.example, "en"))._asdict() for outcome in outcomes]


def refuse_failing(file: Path, outcomes: Sequence[ExampleResult], check: str) -> None:
    """Raises UsageError when an example does not hold; ``check`` is the command that shows them."""
    failing = sum(bool(outcome.differences) for outcome in outcomes)
    if failing:
        raise UsageError(f"{failing} examples of {file} do not hold: `{check} {file}` shows them.")


def say_how_many_hold(outcomes: Sequence[ExampleResult]) -> None:
    """Says how many examples hold."""
    holding = sum(not outcome.differences for outcome in outcomes)
    say(f"{holding} of {len(outcomes)} examples hold.")


def fail_unless_they_hold(outcomes: Sequence[ExampleResult]) -> None:
    """Ends the command with EXAMPLE_FAILS when an example does not hold."""
    if any(outcome.differences for outcome in outcomes):
        raise typer.Exit(EXAMPLE_FAILS)
