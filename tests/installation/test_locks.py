"""The locks: what runs, what develops, and what only exports need."""

import re
import tomllib
from itertools import combinations

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.lock_files import LOCKS, ROOT, pinned_in, text_of, version_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNS, DEVELOPS, EXPORTS = LOCKS
GROUPS = PROJECT["dependency-groups"]
NAMED = {
    RUNS: PROJECT["project"]["dependencies"],
    DEVELOPS: [*GROUPS["dev"], *GROUPS["export"]],
    EXPORTS: GROUPS["export"],
}


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


def test_a_package_in_several_locks_has_one_version() -> None:
    shared = 0
    for versions, other in combinations([pinned_in(text_of(lock)) for lock in LOCKS], 2):
        for name in versions.keys() & other.keys():
            shared += 1
            assert version_of(versions[name]) == version_of(other[name]), name
    assert shared


def test_the_extra_for_exports_is_the_group_that_is_locked() -> None:
    assert PROJECT["project"]["optional-dependencies"] == {"export": GROUPS["export"]}
