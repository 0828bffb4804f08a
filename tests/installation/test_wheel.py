"""The wheel holds the whole program, and the installed command runs from any folder."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from tests.support.lock_files import ROOT

PACKAGES = ("domain", "projections", "api")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this source is unpacked, which is how a wheel is installed."""
    folder = tmp_path_factory.mktemp("site packages")
    build: list[str | Path] = [sys.executable, "-P", "-m", "hatchling", "build"]
    build += ["--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=600)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    wheel.unlink()
    return folder


def ticketledger(unpacked: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command as an installer writes it, in another folder."""
    (metadata,) = unpacked.glob("*.dist-info")
    (entry,) = PathDistribution(metadata).entry_points.select(group="console_scripts")
    script = cwd / entry.name
    script.write_text(f"from {entry.module} import {entry.attr}\n{entry.attr}()\n")
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-P", script, *words],
        cwd=cwd,
        env=environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_every_file_of_the_packages_is_in_the_wheel(unpacked: Path) -> None:
    def files(folder: Path) -> set[Path]:
        every = (path for package in PACKAGES for path in (folder / package).rglob("*") if path.is_file())
        return {path.relative_to(folder) for path in every if "__pycache__" not in path.parts}

    assert files(unpacked) == files(ROOT)
    assert {path.name for path in unpacked.iterdir() if "." not in path.name} == set(PACKAGES)


def test_the_command_calls_itself_by_the_name_that_was_typed(unpacked: Path, tmp_path: Path) -> None:
    assert "Usage: ticketledger" in ticketledger(unpacked, "--help", cwd=tmp_path).stdout


@pytest.mark.parametrize("word", ["test", "check", "bench"])
def test_the_words_of_the_checkout_say_where_they_work(unpacked: Path, tmp_path: Path, word: str) -> None:
    answer = ticketledger(unpacked, word, "-k", "one", "--help", cwd=tmp_path)
    assert answer.returncode == 2
    assert f"start `./run {word}` there" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("policy", sorted(path.stem for path in (ROOT / "api" / "policies").glob("*.toml")))
def test_shipped_policies_are_found(unpacked: Path, tmp_path: Path, policy: str) -> None:
    answer = ticketledger(unpacked, "sla", "check", policy, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_a_shipped_mapping_reads_a_history(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("ticket,status,time,agent\nT-1,New,2026-03-02T08:00:00Z,linh\n")
    answer = ticketledger(unpacked, "import", "history.csv", "--mapping", "plain", "--explain", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "T-1" in answer.stdout
