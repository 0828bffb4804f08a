"""Tests share code through tests/support alone."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent


def imported(tree: ast.AST) -> Iterator[str]:
    """Every name that a module imports, with the names of its packages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def taken_from_tests() -> list[tuple[str, str]]:
    """Each file of the tests with what it imports from the tests."""
    return [
        (path.relative_to(ROOT).as_posix(), name)
        for path in sorted(ROOT.rglob("*.py"))
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("tests.")
    ]


def test_no_test_module_is_imported() -> None:
    assert [pair for pair in taken_from_tests() if ".test_" in pair[1]] == []


def test_what_tests_share_stands_in_support() -> None:
    assert [pair for pair in taken_from_tests() if not pair[1].startswith("tests.support.")] == []
