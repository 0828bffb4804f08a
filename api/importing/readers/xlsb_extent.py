"""The last row and column with a value of a sheet of an .xlsb, whose records have a type, a length and a content."""

from collections.abc import Iterator
from typing import IO

_PIECE = 2**20
_HEAD = 10
"""The most bytes of a type, a length and a number."""
_ROW = 0
_VALUES = {*range(2, 12), 62}
"""Cells with a number, a text, a flag, an error or a formula. Type 1 is an empty cell."""
_LAST_ROW = 2**20
"""The package that reads them ends at a row beyond it."""


def extent_of_xlsb(sheet: IO[bytes]) -> tuple[int, int]:
    """The number of the last column and of the last row; 1 and 1 without a value."""
    column = last = row = 0
    for kind, number in _records(sheet):
        if kind == _ROW:
            if number > _LAST_ROW:
                break
            row = number
        elif kind in _VALUES:
            column, last = max(column, number), max(last, row)
    return column + 1, last + 1


def _records(sheet: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The type of each record, and its first four bytes as a number: that of a row or a column."""
    begins, skipped = b"", 0
    while piece := sheet.read(_PIECE):
        text, at = begins + piece, skipped
        while at + _HEAD <= len(text):
            kind, at = _number(text, at, 2)
            length, at = _number(text, at, 4)
            yield kind, int.from_bytes(text[at : at + min(length, 4)], "little")
            at += length
        skipped = max(at - len(text), 0)
        begins = text[at:]


def _number(text: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most so many bytes, seven bits in each, the lowest ones first; and where it ends."""
    number = 0
    for shift in range(0, 7 * most, 7):
        number |= (text[at] & 0x7F) << shift
        at += 1
        if text[at - 1] & 0x80 == 0:
            break
    return number, at
