"""Which columns of a table stand side by side in a width, and how wide each of them is."""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Literal
from uuid import UUID

from rich.cells import cell_len

from domain.ids import short_reference
from domain.readable import NOTHING, Quantity


class Whole(str):
    """A text that stays in one line where there is room for it: a name that people copy, a time that is left."""

    __slots__ = ()


Cell = str | UUID
_BEHIND_HYPHEN = re.compile("(?<=-)(?=.)")
_BEHIND_SIGN = re.compile(r"(?<=-)(?=.)|(?<=[/_.=])(?=[^\W\d_]|\{)")
"""Where a word goes on in the next line: a long one also behind the signs of addresses and of names in programs."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_Needed = Mapping[str, tuple[int, int]]
"""The least width of each column, and that of one line."""
Row = Mapping[str, Cell]
"""The cells of a row by the headings of their columns. A number is a `Quantity`."""

_Folded = Literal["long words", "words", "ids"]
_FOLDED: tuple[_Folded, ...] = ("long words", "words", "ids")
"""What goes on behind a hyphen, where it has one: the next where the width is too small for those before."""
ID = "id"
"""The column whose values are copied: they stay in one line where there is room for it."""

BORDERS = 3
"""Letters beside each column."""

LONGEST_WORD = 15
"""Letters of a word that stay together in a narrow table: `periodic_update`, and each half of an instant."""

FOLDED_WORD = 10
"""The least width of a column whose words are longer, such as addresses. Behind a hyphen they are folded first."""

FEW_LINES = 2
"""A narrow column whose longest cell has more is widened first."""

FEW_FIGURES = 2
"""The most columns of figures in a table that is mostly words, which is not divided."""


def fitting(rows: Sequence[Row], width: int) -> Sequence[Row]:
    """A table of words without its empty columns where lines would be folded, and with short ids where words would."""
    if _is_divided(rows):
        return rows
    if _spare([most for _, most in _all_needed(rows)], width) < 0:
        rows = _without_empty(rows)
    if _spare([least for least, _ in _all_needed(rows)], width) < 0:
        rows = _with_short_ids(rows)
    return rows


def side_by_side(rows: Sequence[Row], width: int) -> list[dict[str, int]]:
    """The columns of each table that fits into the width, with their widths; none where words would be cut.

    A table of figures is divided where it is too wide; the words at its left stand in each part. A table that is mostly
    words is one. Words go on behind a hyphen where they have no room in one line; ids do last.
    """
    for folded in _FOLDED:
        needed = {name: _needed(name, [row[name] for row in rows], folded) for name in rows[0]}
        tables = _tables(rows, needed, width)
        if all(_spare([least for least, _ in table.values()], width) >= 0 for table in tables):
            return [_widths(table, width) for table in tables]
    return []


def _tables(rows: Sequence[Row], needed: _Needed, width: int) -> list[_Needed]:
    """The columns of each table."""
    if not _is_divided(rows):
        return [needed]
    names = list(needed)
    subject = list(takewhile(lambda name: not is_figure(rows[0][name]), names))
    tables = [list(subject)]
    for name in names[len(subject) :]:
        if len(tables[-1]) > len(subject) and _spare([needed[column][0] for column in (*tables[-1], name)], width) < 0:
            tables.append(list(subject))
        tables[-1].append(name)
    return [{name: needed[name] for name in columns} for columns in tables]


def card_widths(cards: Sequence[Sequence[tuple[str, str]]], width: int) -> tuple[int, int]:
    """The widths of names and values that stand below each other. A name has a third of the width, or what is left."""
    names, values = (max(cell_len(pair[at]) for card in cards for pair in card) for at in (0, 1))
    names = min(names, max(width // 3, _spare([values, 0], width)))
    return names, max(1, min(values, names + _spare([names, names], width)))


def is_figure(cell: Cell) -> bool:
    """Whether a cell is a number."""
    return isinstance(cell, Quantity)


def _is_divided(rows: Sequence[Row]) -> bool:
    return sum(map(is_figure, rows[0].values())) > FEW_FIGURES


def _without_empty(rows: Sequence[Row]) -> Sequence[Row]:
    kept = [name for name in rows[0] if any(row[name] not in {"", NOTHING} for row in rows)]
    return [{name: row[name] for name in kept} for row in rows]


def _with_short_ids(rows: Sequence[Row]) -> Sequence[Row]:
    """The last digits of each id; commands take them for a ticket, and those that read a customer for one."""
    return [
        {name: short_reference(cell) if isinstance(cell, UUID) and name != ID else cell for name, cell in row.items()}
        for row in rows
    ]


def _widths(needed: Mapping[str, tuple[int, int]], width: int) -> dict[str, int]:
    """The least width of each column; each letter that is left goes to the column whose longest cell has most lines.

    Before that a column of more than two lines gets as many letters as a long word has, so that none has a word a line.
    """
    widths = {name: least for name, (least, _) in needed.items()}
    for _ in range(_spare(list(widths.values()), width)):
        lines = {name: most / widths[name] for name, (_, most) in needed.items()}
        longest = max(lines, key=lambda name: (widths[name] < LONGEST_WORD and lines[name] > FEW_LINES, lines[name]))
        if widths[longest] >= needed[longest][1]:
            break
        widths[longest] += 1
    return widths


def _all_needed(rows: Sequence[Row]) -> list[tuple[int, int]]:
    return [_needed(name, [row[name] for row in rows]) for name in rows[0]]


def _spare(widths: Sequence[int], width: int) -> int:
    return width - sum(widths) - BORDERS * len(widths) - 1


def _needed(name: str, cells: Sequence[Cell], folded: _Folded = "long words") -> tuple[int, int]:
    """The least width of a column, and that of one line. Figures and whole texts stay in one line."""
    least = max(map(cell_len, name.split()), default=1)
    for cell in cells:
        is_id = name == ID or isinstance(cell, UUID)
        if is_figure(cell) or isinstance(cell, Whole) or (is_id and folded != "ids"):
            least = max(least, cell_len(str(cell)))
        else:
            longest = LONGEST_WORD if folded == "long words" else 0
            least = max([least, *(_least(word, longest) for word in str(cell).split())])
    return least, max([cell_len(name), *(cell_len(str(cell)) for cell in cells)])


def _least(word: str, longest: int) -> int:
    """The least width of a word: of its longest part between hyphens where it is too long to stay whole."""
    if cell_len(word) <= longest or _DAY.match(word):
        return cell_len(word)
    part = max(map(cell_len, _parts(word)))
    return part if part <= LONGEST_WORD else FOLDED_WORD


def behind_hyphens(cell: Cell, width: int) -> str:
    """The text of a cell in which words that are wider than its column go on in the next line behind a sign."""
    return re.sub(r"\S+", lambda word: _in_parts(word[0], width), str(cell))


def _parts(word: str) -> list[str]:
    return (_BEHIND_SIGN if cell_len(word) > LONGEST_WORD else _BEHIND_HYPHEN).split(word)


def _in_parts(word: str, width: int) -> str:
    lines = [""]
    for part in _parts(word):
        if lines[-1] and cell_len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return word if cell_len(word) <= width else "\n".join(lines)
