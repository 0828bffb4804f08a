"""Policy files as a person names them: a path, or the name of a shipped one."""

import re
from pathlib import Path
from typing import Annotated

import typer

from api.cli.usage_error import UsageError
from domain.sla.policy_file.policy_file import PolicyFile, PolicyFileRefused, read_policy_file
from domain.toml_text import LARGEST_FILE

SHIPPED = Path(__file__).parents[2] / "policies"

File = Annotated[Path, typer.Argument(help="A TOML file, or a shipped one: handbook, office-hours-vn.")]


def read(name: Path) -> tuple[PolicyFile, str]:
    """A policy file and its text; a shipped one is named without its suffix. Raises UsageError, with every line."""
    path = SHIPPED / f"{name}.toml" if not name.exists() and re.fullmatch(r"[a-z-]+", str(name)) else name
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE + 1)
        return read_policy_file(text), text
    except PolicyFileRefused as refused:
        lines = [f"{name}:{problem.line}: {problem.reason}" for problem in refused.problems]
        raise UsageError("The policy file cannot be used:\n" + "\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(f"{name} cannot be read ({why}): name a TOML file, or one that ships: {shipped}.") from None
