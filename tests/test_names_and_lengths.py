"""A class of the product has a name of its own, a variable says what it holds, and a file is short."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "api")
ONE_FILE = "an auditor takes api/auditing/verify.py along: it is one file, and imports nothing of the project"
NAMED_TWICE = {"Checkpoint": ONE_FILE, "Key": ONE_FILE}
FILLERS = {"found", "asked", "told", "place", "one"}
MAY_NAME = re.compile(
    rf"\b_*(?:{'|'.join(FILLERS)})_*\s*(?:[-+*/|&^%@<>]*=|[,:)\]}}]|in\b|if\b|$)", re.IGNORECASE | re.MULTILINE
)
"""A filler before what may follow a name that is given. Most files have none, and are not walked through."""
CLASS = re.compile(r"^\s*class (\w+)", re.MULTILINE)
LONGEST_TEST = 300
LONGEST_MODULE = 350
LONGER = {"api/auditing/verify.py": ONE_FILE}


def classes_by_name(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The files of each class, also of those inside functions and classes."""
    files = defaultdict(list)
    for file, text in texts.items():
        for name in CLASS.findall(text):
            files[name].append(file)
    return files


@cache
def texts_of(*folders: str) -> dict[str, str]:
    """The Python files below some folders."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def fillers(source: str) -> list[str]:
    """The variables and arguments that say nothing of what they hold. The fields of a class may be a format."""
    if not MAY_NAME.search(source):
        return []
    return [name for name in named(ast.parse(source)) if name.strip("_").lower() in FILLERS]


def named(node: ast.AST) -> Iterator[str]:
    """The names of variables and arguments, without the fields of classes."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case _:
            pass
    fields = node.body if isinstance(node, ast.ClassDef) else []
    for child in ast.iter_child_nodes(node):
        if not (child in fields and isinstance(child, ast.AnnAssign)):
            yield from named(child)


def too_long(texts: Mapping[str, str]) -> dict[str, int]:
    """The files that are longer than their bound, with their lines."""
    lines = {file: text.count("\n") for file, text in texts.items()}
    return {
        file: count
        for file, count in lines.items()
        if count > (LONGEST_TEST if Path(file).name.startswith("test_") else LONGEST_MODULE)
    }


def test_no_two_classes_of_the_product_share_a_name() -> None:
    shared = {name for name, files in classes_by_name(texts_of(*ROOMS)).items() if len(files) > 1}
    assert shared == NAMED_TWICE.keys()


def test_no_variable_has_a_filler_for_a_name() -> None:
    named_so = {file: fillers(text) for file, text in texts_of(*ROOMS, "tests", "benchmarks").items()}
    assert {file: names for file, names in named_so.items() if names} == {}


def test_no_file_is_longer_than_its_bound_without_a_reason() -> None:
    assert too_long(texts_of(*ROOMS, "tests", "benchmarks")).keys() == LONGER.keys()


@pytest.mark.parametrize("text", ["class A: ...", "class B:\n    class A: ...", "def f():\n    class A: ..."])
def test_a_class_counts_wherever_it_stands(text: str) -> None:
    assert classes_by_name({"one.py": text, "two.py": "class A: ..."})["A"] == ["one.py", "two.py"]


def test_a_line_more_than_the_bound_is_too_long() -> None:
    bounds = {"tests/test_a.py": LONGEST_TEST, "tests/support/a.py": LONGEST_MODULE, "api/a.py": LONGEST_MODULE}
    assert too_long({file: "\n" * bound for file, bound in bounds.items()}) == {}
    assert too_long({file: "\n" * (bound + 1) for file, bound in bounds.items()}).keys() == bounds.keys()


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "def f(asked: int) -> None: ...",
        "[place for place in rows]",
        "with a as one: ...",
        "try: ...\nexcept E as told: ...",
        "match a:\n    case {'x': found}: ...",
        "f = lambda one: one",
        "_FOUND: int = 1",
    ],
)
def test_a_filler_is_seen_wherever_a_name_is_given(source: str) -> None:
    assert len(fillers(source)) == 1


@pytest.mark.parametrize("source", ["class A:\n    asked: int = 0", "found_rows = 1", "f(one=1)", "a.told"])
def test_fields_of_classes_and_names_that_say_more_are_none(source: str) -> None:
    assert fillers(source) == []
