"""TOML texts of bounded size and depth, and the lines on which their parts begin."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import zip_longest
from typing import Any, NamedTuple

LARGEST_FILE = 256 * 1024
"""The most characters of a text."""

DEEPEST = 20
"""The most tables and lists in each other."""

_STEPS = 50
"""The most lines by which a text is shortened until it parses."""

KeyPath = tuple[str | int, ...]
"""Keys, and numbers in lists, from the top of a text to a part of it."""


class TooMuchTOML(ValueError):  # noqa: N818 -- the name says what was met
    """The text is too long or nested too deeply; the message names the bound."""


def read_toml(text: str) -> dict[str, Any]:
    """Parses a text. Raises TooMuchTOML or tomllib.TOMLDecodeError."""
    if len(text) > LARGEST_FILE:
        raise TooMuchTOML(f"the file is longer than {LARGEST_FILE:,} characters, which is the limit: split it")
    too_deep = f"tables and lists are nested more than {DEEPEST} levels deep, which is the limit"
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise TooMuchTOML(too_deep) from None
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _values(value) if isinstance(inner, dict | list)]
        if not level:
            return content
    raise TooMuchTOML(too_deep)


class TomlLines:
    """The lines of a TOML text, by the parts that begin on them. It parses the text once for all look-ups."""

    def __init__(self, text: str) -> None:
        self._content = _parse(text) or {}
        self._text = text

    def line_of(self, path: KeyPath) -> int:
        """The line, from 1, on which a part begins; for a part that is not there, the line where it belongs.

        ``mon`` also matches the key ``mon-fri``, and a number also counts keys. Only the table that holds the part is
        parsed again, by bisection over its lines: the part is there from the line on which it begins.
        """
        wanted = _keys(self._content, path)
        for table in self._tables:
            if table.path[: len(wanted)] == wanted:
                return table.line
            if wanted[: len(table.path)] == table.path:
                rest = wanted[len(table.path) :]
                if len(_keys(_parse("\n".join(table.lines)) or {}, rest)) == len(rest):
                    return table.line + _line_in(table.lines, rest) + bool(table.path)
        return 1

    @cached_property
    def _tables(self) -> "list[_Table]":
        return _tables_in(self._text)


class _Table(NamedTuple):
    """The lines under the header on ``line``; ``path`` is empty for the lines before all headers."""

    line: int
    path: KeyPath
    lines: list[str]


def _tables_in(text: str) -> list[_Table]:
    tables = [_Table(1, (), [])]
    counts: defaultdict[KeyPath, int] = defaultdict(int)
    tries = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("[") and tries < _STEPS and (header := _parse(line)) is not None:
            if _parse("\n".join(tables[-1].lines)) is not None:
                tables.append(_Table(number, _header_path(header, counts), []))
                tries = 0
                continue
            tries += 1  # the line belongs to a list or a text over several lines
        tables[-1].lines.append(line)
    return tables


def _header_path(header: dict[str, Any], counts: defaultdict[KeyPath, int]) -> KeyPath:
    """The path of the keys under a header; ``counts`` holds the number of tables of each list so far."""
    path: KeyPath = ()
    value: Any = header
    while isinstance(value, dict) and value:
        ((key, value),) = value.items()
        path += (key,)
        if isinstance(value, list):
            counts[path] += 1
        if counts[path]:
            path += (counts[path] - 1,)
    return path


def _line_in(lines: list[str], path: KeyPath) -> int:
    """The number of lines of a table before the one on which a part begins."""
    low, high = 0, len(lines) - 1  # the first line that makes the part appear lies between
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
    """The content of the lines up to ``last``, or of fewer, and whether they end with a statement.

    A list that is open at the end is closed for the parser.
    """
    for end in range(last + 1, max(0, last + 1 - _STEPS), -1):
        so_far = "\n".join(lines[:end])
        content, complete = _parse(so_far), True
        if content is None:
            content, complete = _parse(so_far + "\n]"), False
        if content is not None:
            return content, complete and end == last + 1
    return {}, False


def _keys(data: Any, path: KeyPath) -> KeyPath:
    """The beginning of the path that exists in the data, with the keys as they are written.

    A word before an existing part is left out: it names the kind of a table and is no key.
    """
    existing: KeyPath = ()
    for part, following in zip_longest(path, path[1:]):
        if matching := _matching(data, part):
            data = data[matching[0]]
            existing += matching
        elif isinstance(part, int) or following is None or not _matching(data, following):
            break
    return existing


def _matching(data: Any, part: str | int) -> KeyPath:
    """The key of the data that a part of a path means; empty without one."""
    keys: list[Any] = list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []
    if isinstance(part, int):
        return tuple(keys[part : part + 1])
    return tuple([key for key in keys if key == part or str(key).startswith(f"{part}-")][:1])


def _values(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value)


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
