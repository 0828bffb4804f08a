"""Each lock holds all that its packages require, so that what is installed does not depend on the day.

pip with --require-hashes refuses a requirement that is not pinned under the very name and extras (before 23.3: also
``name[extra]`` where ``name`` is pinned).
"""

import itertools
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.lock_files import LOCKS, pinned_in, text_of, version_of

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64"))
TARGETS = list(itertools.product(PYTHONS, PLATFORMS))


def environment(python: str, platform: str, machine: str) -> dict[str, str]:
    """The values of markers (PEP 508) for CPython."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[platform],
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": platform,
    }


def applies(requirement: Requirement, target: dict[str, str], extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate(target | {"extra": extra}) for extra in extras | {""})


def requirements_of(pin: Requirement) -> list[Requirement]:
    """What the installed package of this name requires; none for one that is only for other computers."""
    try:
        return [Requirement(line) for line in distribution(pin.name).requires or []]
    except PackageNotFoundError:
        return []


def not_pinned(lock_text: str, target: dict[str, str]) -> list[str]:
    """The requirements of the lock's packages that it does not hold under the same name, extras and version."""
    pins = pinned_in(lock_text)
    missing = []
    for pin in pins.values():
        if not applies(pin, target, set()):
            continue
        for requirement in requirements_of(pin):
            pinned = pins.get(canonicalize_name(requirement.name))
            if applies(requirement, target, pin.extras) and not (
                pinned is not None
                and applies(pinned, target, set())
                and pinned.extras == requirement.extras
                and requirement.specifier.contains(version_of(pinned), prereleases=True)
            ):
                missing.append(f"{pin.name} requires {requirement}")
    return missing


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize(("python", "platform"), TARGETS)
def test_a_lock_holds_all_that_its_packages_require(lock: str, python: str, platform: tuple[str, str]) -> None:
    assert not_pinned(text_of(lock), environment(python, *platform)) == []


@pytest.mark.parametrize(
    ("lock", "pinned", "changed", "what"),
    [
        ("requirements-dev.lock", "coverage[toml]==", "coverage==", "pytest-cov requires coverage[toml]"),
        ("requirements-dev.lock", "iniconfig==", "another==", "pytest requires iniconfig"),
        ("requirements.lock", "psycopg-binary==3", "psycopg-binary==2", "psycopg requires psycopg-binary"),
        ("requirements.lock", "python-dateutil==", "dateutil==", "holidays requires python-dateutil"),
    ],
)
def test_a_lock_without_a_requirement_is_noticed(lock: str, pinned: str, changed: str, what: str) -> None:
    broken = text_of(lock).replace(pinned, changed, 1)
    assert broken != text_of(lock)
    missing = not_pinned(broken, environment("3.11", "linux", "x86_64"))
    assert any(line.startswith(what) for line in missing), missing


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_pinned_for_this_computer_is_installed_so_that_its_requirements_can_be_read(lock: str) -> None:
    for pin in pinned_in(text_of(lock)).values():
        if pin.marker is None or pin.marker.evaluate():
            assert distribution(pin.name).version == version_of(pin)
