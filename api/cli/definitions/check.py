"""`definition check`: a definition file and its worked examples."""

from api.cli.definitions.definition_files import File, read
from api.cli.examples import examples_as_json, fail_unless_they_hold, say_how_many_hold, show_examples
from api.cli.options import AsJson
from api.cli.printing import show_json
from domain.definitions.definition_file import check as check_examples


def check(file: File, as_json: AsJson = False) -> None:
    """Read a definition file and run its worked examples.

    Exit code 1: an example does not hold; 2: the file is refused.
    """
    outcomes = check_examples(*read(file))
    if as_json:
        show_json({"examples": examples_as_json(outcomes)})
    else:
        show_examples(file, outcomes)
        say_how_many_hold(outcomes)
    fail_unless_they_hold(outcomes)
