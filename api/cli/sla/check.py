"""`sla check`: a policy file and its worked examples."""

from collections.abc import Sequence
from pathlib import Path

import typer

from api.cli.options import AsJson
from api.cli.printing import say, show_json, show_line
from api.cli.sla.policy_files import File, read
from domain.sla.policy_file.policy_file import ExampleResult, warnings
from domain.sla.policy_file.policy_file import check as check_examples

EXAMPLE_FAILS = 1
"""The exit code when a worked example does not hold."""


def check(file: File, as_json: AsJson = False) -> None:
    """Read a policy file and run its worked examples.

    Exit code 1: an example does not hold; 2: the file is refused. A rule or a name that can never match is warned of.
    """
    policy_file, text = read(file)
    outcomes, doubts = check_examples(policy_file, text), warnings(policy_file, text)
    if as_json:
        show_json(
            {
                "examples": [outcome._asdict() for outcome in outcomes],
                "warnings": [doubt._asdict() for doubt in doubts],
            }
        )
    else:
        _show_examples(file, outcomes)
        for doubt in doubts:
            show_line(f"warn  {file}:{doubt.line}: {doubt.reason}")
        holding = sum(not outcome.differences for outcome in outcomes)
        say(f"{holding} of {len(outcomes)} examples hold.")
    if any(outcome.differences for outcome in outcomes):
        raise typer.Exit(EXAMPLE_FAILS)


def _show_examples(file: Path, outcomes: Sequence[ExampleResult]) -> None:
    for outcome in outcomes:
        show_line(f"{'FAIL' if outcome.differences else 'ok  '}  {file}:{outcome.line}: {outcome.example}")
        for difference in outcome.differences:
            show_line(f"      {difference}")
