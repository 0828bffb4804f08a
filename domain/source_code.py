"""Which code a kept result came from: its modules, with everything of ours that they import."""

import ast
import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from domain import zones


def source_id(modules: Iterable[str]) -> str:
    """Changes whenever the source of one of these modules does, or of one that they reach.

    Code that reaches the time zones computes with their data too: a new release of it is new source.
    """
    reached = reached_from(modules)
    sources = [path.read_bytes() for _, path in sorted(reached.items())]
    if zones.__name__ in reached:
        sources.append(zones.TZDATA.encode())
    return hashlib.sha256(b"".join(sources)).hexdigest()[:16]


def reached_from(modules: Iterable[str]) -> dict[str, Path]:
    """The modules and those that they import, directly or not, loaded or not yet, each with its file.

    Followed are ``domain`` and the packages at whose top the modules themselves stand.
    """
    waiting = list(modules)
    ours = {name.partition(".")[0] for name in (*waiting, __name__)}
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        path = _file_of(name) if name.partition(".")[0] in ours and name not in found else None
        if path is not None:
            found[name] = path
            waiting += _imports(path.read_bytes())
    return found


def _file_of(name: str) -> Path | None:
    top, *rest = name.split(".")
    place = Path(sys.modules[top].__path__[0], *rest)
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def _imports(source: bytes) -> list[str]:
    """What a module imports, absolutely; ``from a import b`` may mean a module as well as a name in one."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found
