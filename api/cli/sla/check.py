"""`sla check`: a policy file and its worked examples."""

from api.cli.examples import examples_as_json, fail_unless_they_hold, say_how_many_hold, show_examples
from api.cli.options import AsJson
from api.cli.printing import show_json, show_sentence
from api.cli.sla.policy_files import File, read
from domain.sla.policy_file.policy_file import check as check_examples
from domain.sla.policy_file.policy_file import warnings


def check(file: File, as_json: AsJson = False) -> None:
    """Read a policy file and run its worked examples.

    Exit code 1: an example does not hold; 2: the file is refused. A rule or a name that can never match is warned of.
    """
    policy_file, text = read(file)
    outcomes, doubts = check_examples(policy_file, text), warnings(policy_file, text)
    if as_json:
        show_json(
            {
                "examples": examples_as_json(outcomes),
                "warnings": [{"line": doubt.line, "reason": doubt.reason} for doubt in doubts],
            }
        )
    else:
        show_examples(file, outcomes)
        for doubt in doubts:
            show_sentence(f"warn  {file}:{doubt.line}: {doubt.reason}")
        say_how_many_hold(outcomes)
    fail_unless_they_hold(outcomes)
