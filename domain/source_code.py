"""Which code a kept result came from: its modules, with everything of ours that they import."""

import ast
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path


def source_id(modules: Iterable[str]) -> str:
    """Changes whenever the source of one of these loaded modules does, or of one that they reach."""
    sources = (Path(path).read_bytes() for _, path in sorted(reached_from(modules).items()))
    return hashlib.sha256(b"".join(sources)).hexdigest()[:16]


def reached_from(modules: Iterable[str]) -> dict[str, str]:
    """The modules and those that they import, directly or not, each with its file.

    Followed are ``domain`` and the packages at whose top the modules themselves stand.
    """
    waiting = list(modules)
    ours = {name.partition(".")[0] for name in (*waiting, __name__)}
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        path = getattr(sys.modules.get(name), "__file__", None)
        if path and name not in found and name.partition(".")[0] in ours:
            found[name] = path
            waiting += _imports(ast.parse(Path(path).read_bytes()))
    return found


def _imports(source: ast.AST) -> Iterable[str]:
    """What a module imports, absolutely; ``from a import b`` may mean a module as well as a name in one."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
