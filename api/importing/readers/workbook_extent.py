"""How far the sheets of a workbook reach: the package that reads them keeps every cell of the rectangle in memory."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from api.importing.rows import UnreadableFile

MOST_CELLS = 100_000_000
"""The cells of the rectangle from the first to the last one of a sheet, the empty ones too."""
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]*)(\d+)[\"'][^<>]*(?<!/)>")
"""A row or a cell with content: one that is empty takes no room, however far it stands from the others."""
_PIECE, _LONGEST_TAG = 2**20, 1_000


def check_extent(archive: zipfile.ZipFile) -> None:
    """Raises UnreadableFile when a cell of an .xlsx stands too far from the others."""
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with archive.open(name) as sheet:
                column, row = _last(_cells(sheet))
            if _number_of(column) * row > MOST_CELLS:
                raise UnreadableFile(
                    f"Its sheet reaches to the column {column.decode()[:10]} and the row {row:,}: delete the cells"
                    " behind the last ticket, or save it as CSV."
                )


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
