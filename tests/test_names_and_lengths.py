"""A class of the product has a name of its own, and a file is short enough to be read at once."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "api")
ONE_FILE = "an auditor takes api/auditing/verify.py along: it is one file, and imports nothing of the project"
NAMED_TWICE = {"Checkpoint": ONE_FILE, "Key": ONE_FILE}
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


def texts_of(*folders: str) -> dict[str, str]:
    """The Python files below some folders."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


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


def test_no_file_is_longer_than_its_bound_without_a_reason() -> None:
    assert too_long(texts_of(*ROOMS, "tests", "benchmarks")).keys() == LONGER.keys()


@pytest.mark.parametrize("text", ["class A: ...", "class B:\n    class A: ...", "def f():\n    class A: ..."])
def test_a_class_counts_wherever_it_stands(text: str) -> None:
    assert classes_by_name({"one.py": text, "two.py": "class A: ..."})["A"] == ["one.py", "two.py"]


def test_a_line_more_than_the_bound_is_too_long() -> None:
    bounds = {"tests/test_a.py": LONGEST_TEST, "tests/support/a.py": LONGEST_MODULE, "api/a.py": LONGEST_MODULE}
    assert too_long({file: "\n" * bound for file, bound in bounds.items()}) == {}
    assert too_long({file: "\n" * (bound + 1) for file, bound in bounds.items()}).keys() == bounds.keys()
