"""How many cells the sheets of an .ods have: one tag stands for up to 17 thousand million of them.

The package that reads them keeps a rectangle of each sheet, and a copy of each filled cell that is repeated.
"""

from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

from api.importing.rows import UnreadableFile

MOST_COPIES = 10_000_000
"""The filled cells that repetitions add: each takes some 120 bytes."""
_DIGITS = 18
_VALUES = ("office:", "calcext:", "table:formula")


class OdsExtent:
    """Counts the cells of content.xml. ``cells`` are those of the rectangles, ``copies`` the repeated filled ones."""

    def __init__(self) -> None:
        self.cells = 0
        self.copies = 0
        self._rows = self._height = self._width = 0
        self._row = self._column = self._reach = self._filled = self._tags = 0

    def read(self, content: IO[bytes], most_cells: int) -> None:
        """Reads until a bound is passed. Raises UnreadableFile."""
        parser = ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        try:
            while self.cells <= most_cells and self.copies <= MOST_COPIES and (piece := content.read(2**20)):
                parser.Parse(piece)
        except ExpatError:
            raise UnreadableFile("It is a damaged workbook: save it again, or save it as CSV.") from None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table:table":
                self._rows = self._height = self._width = 0
            case "table:table-row":
                self._row = _times(attributes, "table:number-rows-repeated")
                self._column = self._reach = self._filled = self._tags = 0
            case "table:table-cell" | "table:covered-table-cell":
                times = _times(attributes, "table:number-columns-repeated")
                self._column += times
                if any(attribute.startswith(_VALUES) for attribute in attributes):
                    self._reach = self._column
                    self._filled += times
                    self._tags += 1
            case _:
                pass

    def _end(self, name: str) -> None:
        if name != "table:table-row":
            return
        self._rows += self._row
        if self._filled:
            before = self._height * self._width
            self._height, self._width = self._rows, max(self._width, self._reach)
            self.cells += self._height * self._width - before
            self.copies += self._filled * self._row - self._tags


def _times(attributes: dict[str, str], name: str) -> int:
    digits = attributes.get(name, "1").lstrip("+0")[:_DIGITS]
    return int(digits) if digits.isascii() and digits.isdigit() else 1
