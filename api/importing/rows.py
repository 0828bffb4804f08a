"""The rows of a file, whatever its format: each with its place and its original text."""

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One record of the file.

    ``line``: that of its first character, or the number of the sheet's row or of the JSON record. ``text``: what stands
    there. ``cells`` are aligned with the header. ``flaw``: why the record cannot be read; its cells may be anything.
    """

    line: int
    text: str
    cells: list[str]
    flaw: str | None = None


class Rejected(NamedTuple):
    """A record that becomes no event, and why."""

    line: int
    text: str
    reason: str


class SourceTable(NamedTuple):
    """A file as rows under a header of unique names.

    ``read_as`` says how the file was read. ``bytes_read`` of the file as it lies on the disk, so far.
    """

    header: list[str]
    read_as: str
    rows: Iterator[Row]
    bytes_read: Callable[[], int]


class UnreadableFile(Exception):  # noqa: N818 -- names what was met
    """The file cannot be read to its end; the message says why. Nothing of it has been recorded."""


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
