"""A peer's packages, pinned, installed when it is first asked for: in a folder of the user's, once."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.rounds import say

ERROR = re.compile("(npm )?error", re.IGNORECASE)
PROGRAMS = Path(__file__).parent / "programs"


class UnavailableError(Exception):
    """A peer that cannot be measured here, and why."""


def python_environment(pins: Path) -> Path:
    """The Python of an environment that holds the packages of a requirements file."""
    folder = _folder(pins.stem, pins.read_bytes() + sys.version.encode())
    python = folder / "bin" / "python"
    uv = shutil.which("uv")
    make = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    install = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    _once(folder, [[*make, str(folder)], [*install, "--quiet", "--only-binary", ":all:", "-r", str(pins)]])
    return python


def node_modules() -> Path:
    """The folder of the packages of package-lock.json. Raises UnavailableError without node and npm on the PATH."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise UnavailableError(f"there is no {program} on the PATH")
    files = [PROGRAMS / "package.json", PROGRAMS / "package-lock.json"]
    folder = _folder("node", b"".join(file.read_bytes() for file in files))
    install = ["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _once(folder, [["cp", *map(str, files), str(folder)], install])
    return folder / "node_modules"


def cache(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user keeps what can be made again."""
    given = environ.get("XDG_CACHE_HOME", "")
    home = Path(given) if os.path.isabs(given) else Path.home() / ".cache"  # noqa: PTH117 -- as the specification says
    return home / "ticketledger" / "peers"


def _folder(name: str, depends_on: bytes) -> Path:
    return cache() / f"{name}-{hashlib.sha256(depends_on).hexdigest()[:12]}"


def _once(folder: Path, steps: Sequence[Sequence[str]]) -> None:
    """Fills a folder; what a run before left unfinished is thrown away. Raises UnavailableError when a step fails."""
    complete = folder / ".complete"
    if complete.exists():
        return
    say(f"  installing {folder.name} (only this once) ...")
    began = time.perf_counter()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError(f"not installed: {_reason(done.stdout + done.stderr)}")
    complete.touch()
    say(f"  installed {folder.name} in {time.perf_counter() - began:.0f} s")


def _reason(output: str) -> str:
    """The first line that pip, uv or npm marks as an error, or else the first one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason was given"]
    return next((line for line in lines if ERROR.match(line)), lines[0])
