"""What is kept of a computation is known by the code that it came from: all of it, and no more."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import projections.sla.table
from domain.source_code import reached_from, source_id


def test_what_a_module_imports_is_reached_through_other_modules_too() -> None:
    reached = reached_from([projections.sla.table.__name__]).keys()
    assert {
        "projections.sla.table",
        "domain.sla.clock.clock",
        "domain.sla.calendar.opening_hours",
        "domain.ticket.state",
    } <= reached
    assert not {"projections.sla.queries", "domain.command_handling.service_desk", "psycopg"} & reached


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package whose module ``fold`` reaches ``rules`` through ``between``, which it imports when it is called."""
    folder = tmp_path / "house_of_source"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "rules.py").write_text("LIMIT = 1\n")
    (folder / "beside.py").write_text("LIMIT = 1\n")
    (folder / "between.py").write_text("from house_of_source.rules import LIMIT\n")
    (folder / "fold.py").write_text("def fold():\n    from house_of_source import between\n    return between\n")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("house_of_source.fold")
    yield folder
    for module in [name for name in sys.modules if name.startswith("house_of_source")]:
        del sys.modules[module]


@pytest.mark.parametrize("module", ["fold", "between", "rules"])
def test_the_id_changes_with_every_module_that_is_reached(package: Path, module: str) -> None:
    before = source_id(["house_of_source.fold"])
    (package / f"{module}.py").write_text((package / f"{module}.py").read_text() + "MORE = 2\n")
    assert source_id(["house_of_source.fold"]) != before


@pytest.mark.usefixtures("package")
def test_the_id_is_the_same_whatever_is_loaded_by_then() -> None:
    before = source_id(["house_of_source.fold"])
    __import__("house_of_source.between")
    assert source_id(["house_of_source.fold"]) == before


def test_the_id_does_not_change_with_a_module_that_is_not_reached(package: Path) -> None:
    before = source_id(["house_of_source.fold"])
    (package / "beside.py").write_text("LIMIT = 2\n")
    assert source_id(["house_of_source.fold"]) == before
