"""Tests share code through tests/support alone."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
IMPORT = re.compile(
    r"^\s*(?:from (?P<package>tests[\w.]*) import (?P<names>\([^)]*\)|.*)|import (?P<modules>tests\b.*))", re.MULTILINE
)


def imported(text: str) -> Iterator[str]:
    """Every name that a module imports from the tests, with the names of its packages."""
    for line in IMPORT.finditer(text):
        names = re.findall(r"(?:^|[,(])\s*([\w.]+)", line["names"] or line["modules"])
        yield from (f"{line['package']}.{name}" if line["package"] else name for name in names)


@cache
def taken_from_tests() -> list[tuple[str, str]]:
    """Each file of the tests with what it imports from the tests."""
    return [
        (path.relative_to(ROOT).as_posix(), name)
        for path in sorted(ROOT.rglob("*.py"))
        for name in imported(path.read_text(encoding="utf-8"))
    ]


def test_no_test_module_is_imported() -> None:
    assert [pair for pair in taken_from_tests() if ".test_" in pair[1]] == []


def test_what_tests_share_stands_in_support() -> None:
    assert [pair for pair in taken_from_tests() if not pair[1].startswith("tests.support.")] == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from tests.support.log import rows, append as add", ["tests.support.log.rows", "tests.support.log.append"]),
        ("from tests.support.log import (\n    rows,\n    empty,\n)",
         ["tests.support.log.rows", "tests.support.log.empty"]),
        ("def f():\n    from tests.api import test_feed", ["tests.api.test_feed"]),
        ("from tests import conftest", ["tests.conftest"]),
        ("import tests.api.test_feed as feed, tests.conftest", ["tests.api.test_feed", "tests.conftest"]),
        ("from api.database import database\nimport testing", []),
    ],
)  # fmt: skip
def test_what_is_imported_from_the_tests_is_seen_however_it_is_written(text: str, names: list[str]) -> None:
    assert list(imported(text)) == names
