"""TOML that people write: of bounded size and depth, and on which line something in it begins."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

LARGEST_FILE = 256 * 1024
"""Characters."""

DEEPEST = 20
"""Tables and lists in each other."""

_STEPS = 50
"""How many lines further back a text that can be read is looked for."""

KeyPath = tuple[str | int, ...]
"""Keys and places in lists, from the top of a text to something in it."""


class TooMuchTOML(ValueError):  # noqa: N818 -- names what was met
    """The text is too long or nested too deeply to be read; the message names the bound."""


def read_toml(text: str) -> dict[str, Any]:
    """What a text says. Raises TooMuchTOML or tomllib.TOMLDecodeError."""
    if len(text) > LARGEST_FILE:
        raise TooMuchTOML(f"the file is longer than {LARGEST_FILE:,} characters, the most that is read: divide it")
    too_deep = f"tables and lists stand in each other more than {DEEPEST} deep, the most that is read"
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise TooMuchTOML(too_deep) from None
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _values(value) if isinstance(inner, dict | list)]
        if not level:
            return found
    raise TooMuchTOML(too_deep)


def line_of(text: str, path: KeyPath) -> int:
    """The line, from 1, on which something of a TOML text begins; what is not there is looked for where it belongs.

    ``mon`` is also found as ``mon-fri``, a place also among keys. Only the table that holds it is read line by line, by
    halving: with the line on which something begins it appears in what is read.
    """
    wanted = _keys(_whole(text) or {}, path)
    for table in _tables(text):
        if table.path[: len(wanted)] == wanted:
            return table.line
        if wanted[: len(table.path)] == table.path:
            rest = wanted[len(table.path) :]
            if len(_keys(_parse("\n".join(table.lines)) or {}, rest)) == len(rest):
                return table.line + _line_in(table.lines, rest) + bool(table.path)
    return 1


class _Table(NamedTuple):
    """The lines under a header on ``line``; ``path`` is empty for what stands before all headers."""

    line: int
    path: KeyPath
    lines: list[str]


@lru_cache(maxsize=1)
def _tables(text: str) -> list[_Table]:
    found = [_Table(1, (), [])]
    places: defaultdict[KeyPath, int] = defaultdict(int)
    tries = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("[") and tries < _STEPS and (header := _parse(line)) is not None:
            if _parse("\n".join(found[-1].lines)) is not None:
                found.append(_Table(number, _header_path(header, places), []))
                tries = 0
                continue
            tries += 1  # it stands in a list or a text that goes over lines
        found[-1].lines.append(line)
    return found


def _header_path(header: dict[str, Any], places: defaultdict[KeyPath, int]) -> KeyPath:
    """Where the keys under a header go; ``places`` counts the tables of each list so far."""
    path: KeyPath = ()
    value: Any = header
    while isinstance(value, dict) and value:
        ((key, value),) = value.items()
        path += (key,)
        if isinstance(value, list):
            places[path] += 1
        if places[path]:
            path += (places[path] - 1,)
    return path


def _line_in(lines: list[str], path: KeyPath) -> int:
    """After how many lines of a table something begins."""
    low, high = 0, len(lines) - 1  # the first line with which it is there lies between
    while low < high:
        middle = (low + high) // 2
        if len(_keys(_read_up_to(lines, middle)[0], path)) == len(path):
            high = middle
        else:
            low = middle + 1
    _, complete = _read_up_to(lines, low)
    if not complete:
        return low
    statement = (back for back in range(low, max(-1, low - _STEPS), -1) if _parse("\n".join(lines[:back])) is not None)
    return next(statement, low)


def _read_up_to(lines: list[str], last: int) -> tuple[dict[str, Any], bool]:
    """What the lines up to one say, or those before it, and whether they end with a statement.

    A list that goes on is closed for the moment.
    """
    for end in range(last + 1, max(0, last + 1 - _STEPS), -1):
        so_far = "\n".join(lines[:end])
        found, complete = _parse(so_far), True
        if found is None:
            found, complete = _parse(so_far + "\n]"), False
        if found is not None:
            return found, complete and end == last + 1
    return {}, False


def _keys(data: Any, path: KeyPath) -> KeyPath:
    """As much of the path as is there, with the keys as they are written."""
    found: KeyPath = ()
    for part in path:
        keys = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
        if isinstance(part, int):
            there = keys[part : part + 1]
        else:
            there = [key for key in keys if key == part or str(key).startswith(f"{part}-")][:1]
        if not there:
            break
        data = data[there[0]]
        found += (there[0],)
    return found


def _values(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value)


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


_whole = lru_cache(maxsize=1)(_parse)
