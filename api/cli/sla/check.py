"""`sla check`: a policy file and its worked examples."""

from api.cli.examples import show_checked
from api.cli.options import AsJson
from api.cli.sla.policy_files import File, read
from domain.sla.policy_file.policy_file import check as check_examples
from domain.sla.policy_file.policy_file import warnings


def check(file: File, as_json: AsJson = False) -> None:
    """Read a policy file and run its worked examples.

    Exit code 1: an example does not hold; 2: the file is refused. A rule or a name that can never match is warned of.
    """
    policy_file, text = read(file)
    show_checked(file, check_examples(policy_file, text), warnings(policy_file, text), as_json=as_json)
