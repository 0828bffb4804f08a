"""The script a newcomer starts with, and the lock it installs."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMED = [Requirement(line) for line in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]]

# Stands in for a Python: makes an "environment" whose Python says how it was called.
PROGRAM = """#!/bin/sh
echo "started: $*"
echo "from: $PWD"
echo "modules: $PYTHONPATH"
"""


def locked_versions() -> dict[str, Version]:
    lines = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in lines}


@pytest.mark.parametrize("requirement", NAMED, ids=str)
def test_what_the_project_names_is_locked_within_its_bounds(requirement: Requirement) -> None:
    assert requirement.specifier, "a floor is named"
    assert locked_versions()[canonicalize_name(requirement.name)] in requirement.specifier


def test_every_locked_package_has_hashes_and_the_lock_names_no_place() -> None:
    packages = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(packages) == len(locked_versions())
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in LOCK
    assert not re.search(r"/(home|root|tmp|work|Users)\b|--index-url|--find-links", LOCK)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script and the lock alone, in a folder with spaces."""
    folder = tmp_path / "a folder of mine"
    folder.mkdir()
    shutil.copy(ROOT / "run", folder)
    (folder / "requirements.lock").write_text("")
    return folder


def start(
    script: Path, *words: str, cwd: Path | None = None, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PATH": path}
    return subprocess.run(
        [sys.executable, script, *words], cwd=cwd, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def programs(folder: Path, **scripts: str) -> str:
    """A PATH on which only these programs stand before those of the system."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def with_uv(folder: Path) -> str:
    """A uv that makes an environment of one program, and writes down what it was asked for."""
    make = f"""#!/bin/sh
echo "$*" >> "{folder}.calls"
for last in "$@"; do :; done
[ "$1" = venv ] || exit 0
mkdir -p "$last/bin"
printf '%s' '{PROGRAM}' > "$last/bin/python"
chmod +x "$last/bin/python"
"""
    return programs(folder, uv=make)


def test_the_first_start_installs_with_hashes_and_the_second_installs_nothing(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    first = start(checkout / "run", "serve", "--port", "1", cwd=tmp_path, path=path)
    assert "started: -P -m api serve --port 1" in first.stdout
    assert f"from: {tmp_path}" in first.stdout, "paths among the words are the caller's"
    assert f"modules: {checkout}\n" in first.stdout
    calls = (tmp_path / "bin.calls").read_text()
    assert "--require-hashes -r" in calls
    second = start(checkout / "run", "serve", path=path)
    assert second.stderr == ""
    assert (tmp_path / "bin.calls").read_text() == calls


def test_a_changed_lock_and_an_interrupted_installation_are_installed_anew(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    start(checkout / "run", path=path)
    (checkout / "requirements.lock").write_text("# other\n")
    assert "setting up" in start(checkout / "run", path=path).stderr
    for part in (".complete", "bin/python"):
        (checkout / ".venv" / part).unlink()
        assert "setting up" in start(checkout / "run", path=path).stderr


def test_it_can_be_started_through_a_link(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout / "run")
    assert f"modules: {checkout}\n" in start(tmp_path / "link", path=with_uv(tmp_path / "bin")).stdout


def test_tests_and_benchmarks_are_started_in_the_checkout(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    suite = start(checkout / "run", "test", "-k", "one", cwd=tmp_path, path=path).stdout
    assert "started: -P -m pytest -k one" in suite
    assert f"from: {checkout}\n" in suite
    assert "started: -P -m benchmarks --quick" in start(checkout / "run", "bench", "--quick", path=path).stdout


def test_two_first_starts_at_once_install_once(checkout: Path, tmp_path: Path) -> None:
    path = with_uv(tmp_path / "bin")
    both = [
        subprocess.Popen([sys.executable, checkout / "run", "serve"], env={"PATH": path}, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert all(b"started: -P -m api serve" in process.communicate(timeout=60)[0] for process in both)
    assert (tmp_path / "bin.calls").read_text().count("venv --quiet") == 1


def test_a_failed_installation_is_one_sentence_and_is_not_believed(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements.lock").write_text("no-hash==1.0\n")
    failed = start(checkout / "run", "demo", path=programs(tmp_path / "bin", uv="#!/bin/sh\nexit 3\n"))
    assert failed.returncode != 0
    assert failed.stderr.splitlines()[-1].startswith("./run: ")
    assert "Traceback" not in failed.stderr
    assert not (checkout / ".venv" / ".complete").exists()


def test_every_python_before_3_11_can_read_the_script() -> None:
    assert ast.parse((ROOT / "run").read_text(encoding="utf-8"), feature_version=(3, 7)).body
