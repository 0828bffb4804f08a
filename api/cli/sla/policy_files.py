"""Policy files as a person names them: a path, or the name of a shipped one."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.toml_files import read_named
from domain.sla.policy_file.policy_file import PolicyFile, read_policy_file

SHIPPED = Path(__file__).parents[2] / "policies"

File = Annotated[Path, typer.Argument(help="A TOML file, or a shipped one: handbook, office-hours-vn.")]


def read(name: Path) -> tuple[PolicyFile, str]:
    """A policy file and its text. Raises UsageError, with every line."""
    return read_named(name, SHIPPED, read_policy_file, "policy")
