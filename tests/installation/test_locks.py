"""The two locks: what runs, and what develops."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.lock_files import LOCKS, ROOT, pinned_in, text_of, version_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNS, DEVELOPS = LOCKS
NAMED = {RUNS: PROJECT["project"]["dependencies"], DEVELOPS: PROJECT["dependency-groups"]["dev"]}


@pytest.mark.parametrize(("lock", "named"), [(lock, named) for lock, names in NAMED.items() for named in names])
def test_what_the_project_names_is_locked_within_its_bounds(lock: str, named: str) -> None:
    requirement = Requirement(named)
    pin = pinned_in(text_of(lock))[canonicalize_name(requirement.name)]
    assert requirement.specifier, "a floor is named"
    assert version_of(pin) in requirement.specifier
    assert requirement.extras <= pin.extras


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_the_lock_names_no_place(lock: str) -> None:
    packages = re.split(r"^(?=[A-Za-z0-9])", text_of(lock), flags=re.MULTILINE)[1:]
    assert len(packages) == len(pinned_in(text_of(lock)))
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text_of(lock)
    assert not re.search(r"/(home|root|tmp|work|Users)\b|--index-url|--find-links", text_of(lock))


def test_a_package_in_both_locks_has_one_version() -> None:
    runs, develops = (pinned_in(text_of(lock)) for lock in LOCKS)
    assert runs.keys() & develops.keys()
    for name in runs.keys() & develops.keys():
        assert version_of(runs[name]) == version_of(develops[name]), name
