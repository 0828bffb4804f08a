"""`definition check`: a definition file and its worked examples."""

from api.cli.definitions.definition_files import File, read
from api.cli.examples import show_checked
from api.cli.options import AsJson
from domain.definitions.definition_file import check as check_examples
from domain.definitions.doubts import warnings


def check(file: File, as_json: AsJson = False) -> None:
    """Read a definition file and run its worked examples.

    Exit code 1: an example does not hold; 2: the file is refused. A value without effect is warned of.
    """
    written, text = read(file)
    show_checked(file, check_examples(written, text), warnings(written, text), as_json=as_json)
