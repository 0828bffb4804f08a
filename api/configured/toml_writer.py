"""Writes content as TOML that people can read and change.

Reading the text gives the content again.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

WIDTH = 100
"""The most characters of a line that is not one long text."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_INDENT = "    "


def toml_text(content: Mapping[str, Any]) -> str:
    """The content as TOML: what is short stands on one line, the rest and every table at the top below headers.

    Values are not None.
    """
    return "\n".join(_table(content, ())).strip("\n") + "\n"


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {inline(part)}" for name, part in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | time) else repr(value)


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table below its header: values first, since what follows a header belongs to it."""
    below = {name: value for name, value in content.items() if _stands_below(name, value, at_top=not path)}
    for name, value in content.items():
        if name not in below:
            yield from _statement(name, value)
    for name, value in below.items():
        inner = (*path, name)
        header = ".".join(map(_key, inner))
        for part in [value] if isinstance(value, Mapping) else value:
            yield from ("", f"[{header}]" if isinstance(value, Mapping) else f"[[{header}]]")
            yield from _table(part, inner)


def _stands_below(name: str, value: Any, *, at_top: bool) -> bool:
    """Whether a value is a table of its own, or a list of such."""
    if isinstance(value, Mapping):
        return at_top or (bool(value) and not _is_short(f"{_key(name)} = {inline(value)}"))
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        return False
    return all(isinstance(part, Mapping) and part for part in value) and not all(
        _is_short(f"{_INDENT}{inline(part)},") for part in value
    )


def _statement(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield from f"{_key(name)} = {_long_string(value)}".split("\n")
        return
    line = f"{_key(name)} = {inline(value)}"
    if _is_short(line) or isinstance(value, str) or not isinstance(value, Sequence):
        yield line
        return
    yield f"{_key(name)} = ["
    for part in value:
        yield f"{_INDENT}{inline(part)},"
    yield "]"


def _is_short(line: str) -> bool:
    return len(line) <= WIDTH


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long_string(text: str) -> str:
    """A text of several lines, which stay lines; quotation marks stay as they are where they end nothing."""
    escaped = "\n".join(_string(line)[1:-1] for line in text.split("\n"))
    plain = escaped if '""' in text or text.endswith('"') else escaped.replace('\\"', '"')
    return f'"""\n{plain}"""'
