"""The version of the program."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import cast

from api.program_name import INSTALLED


def program_version() -> str:
    """The version of the installed package, or that of a checkout that runs without installation."""
    try:
        return version(INSTALLED)
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        return cast("str", tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
