"""How far the sheets of a workbook reach: the package that reads them keeps every cell of the rectangle in memory."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from api.importing.readers.ods_extent import MOST_COPIES, OdsExtent
from api.importing.readers.xlsb_extent import extent_of_xlsb
from api.importing.rows import UnreadableFile

MOST_CELLS = 100_000_000
"""The cells of the rectangle from the first to the last one of a sheet, the empty ones too."""
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]*)(\d+)[\"'][^<>]*(?<!/)>")
"""A row or a cell with content: one that is empty takes no room, however far it stands from the others."""
_PIECE, _LONGEST_TAG = 2**20, 1_000


def check_extent(archive: zipfile.ZipFile) -> None:
    """Raises UnreadableFile when a cell stands too far from the others, or one tag repeats too many."""
    for name in archive.namelist():
        if name == "content.xml":
            with archive.open(name) as content:
                _check_ods(content)
        elif name.startswith("xl/worksheets/") and name.endswith((".xml", ".bin")):
            with archive.open(name) as sheet:
                column, row = _last(_cells(sheet)) if name.endswith(".xml") else _last_of_xlsb(sheet)
            if _number_of(column) * row > MOST_CELLS:
                raise UnreadableFile(
                    f"Its sheet reaches to the column {column.decode()[:10]} and the row {row:,}: delete the cells"
                    " behind the last ticket, or save it as CSV."
                )


def _check_ods(content: IO[bytes]) -> None:
    extent = OdsExtent()
    extent.read(content, MOST_CELLS)
    if extent.cells > MOST_CELLS:
        raise UnreadableFile(
            f"Its sheets reach over more than {MOST_CELLS:,} cells: delete the cells behind the last ticket, or save it"
            " as CSV."
        )
    if extent.copies > MOST_COPIES:
        raise UnreadableFile(
            f"It repeats filled cells more than {MOST_COPIES:,} times: delete those behind the last ticket, or save it"
            " as CSV."
        )


def _last_of_xlsb(sheet: IO[bytes]) -> tuple[bytes, int]:
    number, row = extent_of_xlsb(sheet)
    letters = b""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = b"%c" % (ord("A") + letter) + letters
    return letters, row


def _cells(sheet: IO[bytes]) -> Iterator[list[tuple[bytes, bytes]]]:
    """The columns and rows that tags name, piece by piece. A tag that two pieces share is read with the second."""
    begins = b""
    while piece := sheet.read(_PIECE):
        text = begins + piece
        yield _CELL.findall(text)
        begins = text[-_LONGEST_TAG:]


def _last(pieces: Iterator[list[tuple[bytes, bytes]]]) -> tuple[bytes, int]:
    column, row = b"A", 1
    for cells in pieces:
        column = max({letters.upper() for letters, _ in cells} | {column}, key=lambda letters: (len(letters), letters))
        row = max([row, *(int(digits[:18]) for _, digits in cells)])
    return column, row


def _number_of(column: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in column[:10]:
        number = number * 26 + letter - ord("@")
    return number
