"""A command line with a small history beside it."""

from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.importing.histories import write
from tests.support.mapping_texts import MAPPING
from tests.support.small_history import HISTORY


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a small history."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", HISTORY)
    return run


@pytest.fixture
def imported(run: Run) -> Run:
    """The same, with the small history imported."""
    assert run("import", "history.csv", "--mapping", "map.toml").code == 0
    return run
