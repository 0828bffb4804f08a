"""Reading the rows of a CSV file, each with its line and its original text, and the rows of each ticket together."""

import csv
import gzip
import io
import sqlite3
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO, cast

LONGEST_LINE = 1_000_000  # characters; the rest of a longer line counts as another
_GZIP = b"\x1f\x8b"


class Row(NamedTuple):
    """One record of the file; ``line`` is that of its first character, ``text`` what stands there."""

    line: int
    text: str
    cells: list[str]


class Rejected(NamedTuple):
    """A record that becomes no event, and why."""

    line: int
    text: str
    reason: str


class UnreadableFile(Exception):  # noqa: N818 -- names what was met
    """The file cannot be read to its end; the message says why. Nothing of it has been recorded."""


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[tuple[TextIO, BinaryIO]]:
    """The text of a file, unpacked if it is gzip, without its byte order mark, and the file as it lies on the disk.

    Raises UnreadableFile.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            with gzip.open(file) if packed else nullcontext(file) as content:
                text = io.TextIOWrapper(cast("BinaryIO", content), encoding, "surrogateescape", newline="")
                if text.read(1) != "\ufeff":
                    text.seek(0)
                yield text, file
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.") from error


def records(text: TextIO, delimiter: str) -> Iterator[Row | Rejected]:
    """The records of a CSV text, the header first. What is no CSV is rejected line by line: a quote that is never
    closed takes no other line with it.
    """
    source = _Lines(text)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    width, number = 0, 1
    while True:
        cells, reason = _parsed(reader)
        taken = source.taken()
        if not taken:
            return
        width = width or len(cells)
        reason = reason or _flaw(cells, width, taken)
        if reason:
            source.give_back(taken[1:])
            del taken[1:]
            yield Rejected(number, taken[0], reason)
        elif cells:
            yield Row(number, "".join(taken), cells)
        number += len(taken)


class _Lines:
    """The lines of a text, some of them more than once: it remembers what was taken and can take it back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._pending: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._pending.popleft() if self._pending else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self._taken.append(line)
        return line

    def taken(self) -> list[str]:
        """The lines since this was asked before."""
        taken, self._taken = self._taken, []
        return taken

    def give_back(self, lines: list[str]) -> None:
        """These come again next."""
        self._pending.extendleft(reversed(lines))


def _parsed(reader: Iterator[list[str]]) -> tuple[list[str], str | None]:
    try:
        return next(reader, []), None
    except csv.Error as error:
        return [], f"is not CSV: {error}"


def _flaw(cells: list[str], width: int, lines: list[str]) -> str | None:
    if cells and len(cells) != width:
        return f"has {len(cells)} cells where the header has {width}"
    for line in lines:
        if not line.isascii():
            try:
                line.encode()
            except UnicodeEncodeError:
                return "is not in the encoding that the mapping names"
        if "\0" in line:
            return "holds a NUL character, which no database can store"
    return None


class Shelf:
    """The rows of a file by ticket and place. They lie on the disk: a file of any size is read in bounded memory."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._rows = sqlite3.connect("")  # a temporary file of SQLite's, gone with the connection
        self._rows.execute("create table shelf (ticket, place, line, text)")
        self.count = 0

    def put(self, ticket: str, place: float | str, row: Row) -> None:
        """Keeps a row. ``place`` orders it among the rows of its ticket; rows of the same place stay as they came."""
        self._rows.execute("insert into shelf values (?, ?, ?, ?)", (ticket, place, row.line, row.text))
        self.count += 1

    def tickets(self) -> Iterator[tuple[str, list[Row]]]:
        """Each ticket with its rows in order, in the order in which the file first names them."""
        statement = (
            "select ticket, line, text, min(line) over (partition by ticket) as first from shelf"
            " order by first, place, line"
        )
        with closing(self._rows.execute(statement)) as found:
            for ticket, rows in groupby(found, itemgetter(0)):
                yield ticket, [Row(line, text, self._cells(text)) for _, line, text, _ in rows]

    def close(self) -> None:
        """Throws the rows away."""
        self._rows.close()

    def _cells(self, text: str) -> list[str]:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter))
