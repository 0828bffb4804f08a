"""The rows of a source file in any format, each with its line and its original text."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from domain.errors import LedgerError

MOST_COLUMNS = 10_000
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
"""A name in a cell: at most 200 characters, none of them a control character."""
RowCells = tuple[str | None, ...]
"""The cells of a row without the blanks around them; None for a cell that says nothing."""


class Row(NamedTuple):
    """One record of the file.

    ``line`` is the number of its first line, of the sheet's row or of the JSON record. ``text`` is its original text.
    ``cells`` are aligned with the header. ``flaw`` says why the record cannot be read; its cells are then undefined.
    """

    line: int
    text: str
    cells: list[str]
    flaw: str | None = None


class Rejected(NamedTuple):
    """A record that is not recorded, and why."""

    line: int
    text: str
    reason: str


class RowRejected(ValueError):  # noqa: N818 -- says what the row is
    """The row cannot be recorded. The message is the reason for the reject file."""


class SourceTable(NamedTuple):
    """A file as rows under a header of unique names.

    ``read_as`` says how the file was read. ``bytes_read`` gives the bytes of the file, as stored, that are read so far.
    """

    header: list[str]
    read_as: str
    rows: Iterator[Row]
    bytes_read: Callable[[], int]


class UnreadableFile(LedgerError):  # noqa: N818 -- names what was met
    """The file cannot be read to its end; the message says why. Nothing of it is recorded."""

    kind = "malformed"


def check_width(columns: int) -> None:
    """Raises UnreadableFile for more columns than are read."""
    if columns > MOST_COLUMNS:
        raise UnreadableFile(f"It has {columns:,} columns, at most {MOST_COLUMNS:,} are read.")


def unstorable(cells: list[str]) -> str | None:
    """Why the database cannot store the text of the cells; None when it can."""
    text = "".join(cells)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return (
                "holds bytes that are not in the encoding of the file; name the right `encoding` in the mapping,"
                " such as cp1258 or cp1252"
            )
    return "holds a NUL character, which no database can store" if "\0" in text else None
