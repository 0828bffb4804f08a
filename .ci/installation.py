#!/usr/bin/env python3
"""Installs the locks without uv, with this interpreter's pip and with the oldest that is supported, and the wheel.

Run by .ci/run with any Python 3.11 or newer; pip 22.3 itself needs a python3.11. Ends with exit code 1 at the first
step that fails. The commands are those of ./run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "api")
OLDEST_PIP = "22.3"
HISTORY = "ticket,status,time,agent\nT-1,New,2026-03-02T08:00:00Z,linh\nT-1,Resolved,2026-03-02T09:00:00Z,linh\n"


def main() -> None:
    os.environ["PATH"] = path_without_uv(os.environ["PATH"])
    with tempfile.TemporaryDirectory(prefix="ticketledger installation ") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database's own user passes through
        tell("the locks with the pip of this Python, by ./run itself")
        with_own_pip(folder / "a copy of mine")
        tell(f"the locks with pip {OLDEST_PIP}, and the wheel")
        python = with_oldest_pip(folder / "oldest")
        with_wheel(folder, python)
    tell("all of it can be installed")


def path_without_uv(path: str) -> str:
    return os.pathsep.join(part for part in path.split(os.pathsep) if shutil.which("uv", path=part) is None)


def with_own_pip(copy: Path) -> None:
    copy.mkdir()
    for name in ("run", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-export.lock"):
        shutil.copy(ROOT / name, copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    call(sys.executable, copy / "run", "--help")
    call(sys.executable, copy / "run", "test", "--version")
    call(copy / ".venv" / "bin" / "python", "-m", "pip", "check")


def with_oldest_pip(environment: Path) -> Path:
    """The Python of an environment into which the oldest pip has installed both locks, as ./run does."""
    base = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if base is None:
        sys.exit(f"pip {OLDEST_PIP} needs Python 3.11: put a python3.11 on the PATH.")
    call(base, "-m", "venv", environment)
    python = environment / "bin" / "python"
    call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"pip=={OLDEST_PIP}")
    run = run_path(str(ROOT / "run"), run_name="run")
    for lock in (run["LOCK"], run["DEVELOPMENT_LOCK"]):
        call(python, "-m", "pip", *run["PIP_INSTALL"], *run["PINNED"], "-r", lock)
    call(python, "-m", "pip", "check")
    return python


def with_wheel(folder: Path, python: Path) -> None:
    """Builds the wheel, installs it beside the locked packages, and runs the command in a folder without the source."""
    call(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("ticketledger-*.whl")
    call(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "history.csv").write_text(HISTORY, encoding="utf-8")
    os.environ.pop("DATABASE_URL", None)
    os.environ["TICKETLEDGER_DATA"] = str(folder / "data")
    ticketledger = python.with_name("ticketledger")
    for policy in sorted(path.stem for path in (ROOT / "api" / "policies").glob("*.toml")):
        call(ticketledger, "sla", "check", policy, cwd=elsewhere)
    call(ticketledger, "import", "history.csv", "--mapping", "plain", cwd=elsewhere)
    call(ticketledger, "history", "T-1", cwd=elsewhere)
    call(ticketledger, "demo", "--once", cwd=elsewhere)


def call(*command: Path | str, cwd: Path | None = None) -> None:
    """Ends this program with exit code 1 when the command fails; its output is shown then only."""
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603 -- the commands are written above
        words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{shown(words)}: exit code {done.returncode}")


def shown(words: Sequence[str]) -> str:
    return " ".join(words)


def tell(words: str) -> None:
    print(f".ci/installation.py: {words}", flush=True)  # noqa: T201 -- it talks to a person


if __name__ == "__main__":
    main()
