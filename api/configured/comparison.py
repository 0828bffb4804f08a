"""How two versions differ: field by field, and line by line side by side."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from api.configured.file_text import file_text
from api.configured.readable_content import full_content, without_null
from api.configured.toml_writer import inline
from api.configured.versions import ConfiguredVersion
from domain.definitions.diff import differences

AROUND = 2
"""Equal lines that are shown before and after a difference."""
_PART = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
MOST_LINES = 2_000
"""Lines of a text that are compared; comparing takes the square of their number at worst."""
LineKind = Literal["equal", "changed", "removed", "added", "left out"]


class ChangedField(NamedTuple):
    """A field that differs. ``path`` is that of the API; None: that version has nothing there."""

    path: str
    old: str | None
    new: str | None

    @property
    def readable_path(self) -> str:
        """The path as people read it: "rules 1 > resolution > duration"; lists are counted from 1."""
        parts = _PART.findall(self.path)
        return " ".join(
            (f"{int(number) + 1}" if number.isdecimal() else number) if number else f"> {key.replace('_', ' ')}"
            for key, number in parts
        ).removeprefix("> ")


class ComparedLine(NamedTuple):
    """A line of both texts, each with its number from 1. ``left out`` stands for so many equal lines."""

    kind: LineKind
    old_number: int | None = None
    old: str = ""
    new_number: int | None = None
    new: str = ""
    lines_left_out: int = 0


def changed_fields(old: ConfiguredVersion, new: ConfiguredVersion) -> list[ChangedField]:
    """The differences that the API gives, with the values as a person writes them."""
    return [
        ChangedField(each.path, _as_text(each.old), _as_text(each.new))
        for each in differences(full_content(old), full_content(new))
    ]


def compared_lines(
    old: ConfiguredVersion, new: ConfiguredVersion, country: str | None = None
) -> list[ComparedLine] | None:
    """The lines of both texts side by side; None for texts that are too long to compare."""
    before, after = file_text(old, country).splitlines(), file_text(new, country).splitlines()
    if max(len(before), len(after)) > MOST_LINES:
        return None
    return [*_lines(before, after)]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[ComparedLine]:
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _changed(before, after, range(old_from, old_to), range(new_from, new_to))
            continue
        numbers = [*zip(range(old_from, old_to), range(new_from, new_to), strict=True)]
        first = AROUND if old_from or new_from else 0
        last = AROUND if old_to < len(before) or new_to < len(after) else 0
        hidden = len(numbers) - first - last
        for number, (old, new) in enumerate(numbers):
            if hidden <= 1 or not first <= number < first + hidden:
                yield ComparedLine("equal", old + 1, before[old], new + 1, after[new])
            elif number == first:
                yield ComparedLine("left out", lines_left_out=hidden)


def _changed(before: Sequence[str], after: Sequence[str], old: range, new: range) -> Iterator[ComparedLine]:
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else None
        now = new[number] if number < len(new) else None
        if was is not None and now is not None:
            yield ComparedLine("changed", was + 1, before[was], now + 1, after[now])
        elif was is not None:
            yield ComparedLine("removed", was + 1, before[was])
        elif now is not None:
            yield ComparedLine("added", new_number=now + 1, new=after[now])


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else inline(without_null(value))
