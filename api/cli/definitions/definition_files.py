"""Definition files as a person names them: a path, or the name of a shipped one."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.toml_files import read_named
from domain.definitions.definition_file import WrittenDefinition, read_definition_file

SHIPPED = Path(__file__).parents[2] / "definitions"

File = Annotated[Path, typer.Argument(help="A TOML file, or a shipped one, such as settings, health or nps-wave.")]


def read(name: Path) -> tuple[WrittenDefinition, str]:
    """A definition file and its text. Raises UsageError, with every line."""
    return read_named(name, SHIPPED, read_definition_file, "definition")
