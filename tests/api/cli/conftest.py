"""A command line with a small history beside it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.importing.histories import write
from tests.support.importing.imported import mapped_history
from tests.support.mapping_texts import MAPPING
from tests.support.run_databases import RunDatabases
from tests.support.small_history import HISTORY


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a small history."""
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", HISTORY)
    return run


@pytest.fixture(scope="session")
def imported_template(run_databases: RunDatabases, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of a desk that imported the small history."""
    fill = partial(mapped_history, folder=tmp_path_factory.mktemp("imported"), rows=HISTORY)
    return run_databases.made("imported", fill, template)


@pytest.fixture(scope="module")
def shared_imported_url(run_databases: RunDatabases, imported_template: str) -> Iterator[str]:
    """A copy of it for the tests of a module that record nothing."""
    with run_databases.copied(imported_template) as conninfo:
        yield conninfo


@pytest.fixture
def imported(imported_template: str, run: Run) -> Run:  # noqa: ARG001 -- the database is a copy of it
    """The same, with the small history imported."""
    return run
