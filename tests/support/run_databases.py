"""The folder of a test run, and the names of the databases that belong to it."""

from pathlib import Path

import pytest

RUN = pytest.StashKey[Path]()


def template_of(run: Path) -> str:
    """The name of the database that the tests' own are copied from."""
    return run.name.replace("-", "_").lower()


def sample_of(run: Path) -> str:
    """The name of the database that holds the imported sample."""
    return f"{template_of(run)}_sample"
