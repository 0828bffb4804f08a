"""The version of the program and of its time zones."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import cast

from domain.zones import TZDATA

PACKAGE = "ticketledger"


def program_version() -> str:
    """The version of the installed package, or that of a checkout that runs without installation."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        return cast("str", tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def versions_in_use() -> tuple[str, str]:
    """The program and the time zones, each with its version: figures may differ where one of them differs."""
    return f"{PACKAGE} {program_version()}", TZDATA
