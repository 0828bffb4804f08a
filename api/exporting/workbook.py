"""Tables as an Excel workbook: a sheet of explanation, then a sheet for each table."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from api.exporting.exported_table import ExportedTable, is_list, rows_of
from api.exporting.optional_packages import extra_package
from api.exporting.progress import Counter, Progress
from api.exporting.snapshot import ExportSnapshot
from api.exporting.text_files import written
from api.spreadsheet_text import EXPLANATION
from domain.zones import TimeZone
from projections.engine.table import Column

ROWS_OF_A_SHEET = 1_048_575
"""The rows below the header."""
LONGEST_TEXT = 32_767
"""UTF-16 units of a cell."""
CUT = " [...]"
"""The mark behind a text that was cut."""
FIRST_DAY = date(1900, 3, 1)
"""Earlier dates are written as text: Excel has none before 1900, and a 29 February in 1900."""
EXACT = 10**15
"""Excel rounds larger numbers; they are written as text."""
WIDTH, WIDE = 20, 100
"""The widths of a column in letters: that of a table, and that of the explanation."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
_LINE_END = re.compile("\r\n?")
_LARGEST_OF_ONE_UNIT = 0xFFFF
_Write = Callable[[int, int, Any], object]
_KINDS = {"json": "text", "integer": "number", "bigint": "number", "double precision": "number"}
"""Types that are written alike."""


def write_workbook(
    file: Path, snapshot: ExportSnapshot, tables: Sequence[ExportedTable], zone: TimeZone, progress: Progress
) -> tuple[list[int], list[str]]:
    """Writes a sheet of explanation and the tables; returns their numbers of rows, and what was split or cut.

    Raises ExtraMissing, ExportRefused and ExportFailed.
    """
    with Workbook(file, zone, snapshot.instant) as book:
        sizes = []
        for table in tables:
            with closing(rows_of(snapshot, table)) as rows:
                sizes.append(book.add(table, Counter(table.name, progress).of(rows)))
        about = {
            "tenant": snapshot.tenant,
            "positions": f"{snapshot.after + 1} to {snapshot.position}",
            "instant": written(snapshot.instant.astimezone(zone)),
            "zone": f"{zone.key}: dates with a time are local times of this zone.",
        }
        described = [(table.name, f"{rows} rows. {table.grain}") for table, rows in zip(tables, sizes, strict=True)]
        book.explain([*about.items(), *described, *(("", remark) for remark in book.remarks)])
    return sizes, book.remarks


class Workbook:
    """An open workbook; it is complete when the block ends. Memory holds one row of a table at a time."""

    def __init__(self, file: Path, zone: TimeZone, created: datetime) -> None:
        """``created`` stands in the properties of the file; work files lie beside ``file``."""
        options = {"constant_memory": True, "tmpdir": str(file.parent)}
        self._book = extra_package("xlsxwriter").Workbook(str(file), options)
        self._book.set_properties({"created": created.replace(tzinfo=None), "title": "ticketledger"})
        self._zone = zone
        self._explanation = self._book.add_worksheet(EXPLANATION)
        self._explanation.set_column(0, 0, WIDTH)
        self._explanation.set_column(1, 1, WIDE)
        self._bold = self._book.add_format({"bold": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._cut = 0
        self.remarks: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file. After an error the work files go with the folder."""
        if error is None:
            self._book.close()

    def add(self, table: ExportedTable, rows: Iterable[Sequence[Any]]) -> int:
        """Writes the rows of a table into as many sheets as they need; returns how many rows there are.

        ``remarks`` say what was split or cut.
        """
        self._cut, total, sheets = 0, 0, 0
        remaining = iter(rows)
        more = True
        while more:
            sheets += 1
            name = table.name if sheets == 1 else f"{table.name} {sheets}"
            total += self._sheet(name, table.columns, islice(remaining, ROWS_OF_A_SHEET))
            following = list(islice(remaining, 1)) if total == sheets * ROWS_OF_A_SHEET else []
            remaining, more = chain(following, remaining), bool(following)
        if sheets > 1:
            self.remarks.append(f"{table.name} is split over {sheets} sheets of at most {ROWS_OF_A_SHEET} rows.")
        if self._cut:
            self.remarks.append(f"{self._cut} texts of {table.name} are cut to {LONGEST_TEXT} characters, with {CUT}.")
        return total

    def explain(self, lines: Iterable[tuple[str, str]]) -> None:
        """Writes the sheet of explanation, a name and a sentence a line."""
        for row, (name, sentence) in enumerate(lines):
            self._explanation.write_string(row, 0, name, self._bold)
            self._explanation.write_string(row, 1, sentence)

    def _sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(columns) - 1, WIDTH)
        for number, column in enumerate(columns):
            sheet.write_string(0, number, self._header(column), self._bold)
        writers = list(enumerate(self._writer(sheet, column) for column in columns))
        count = 0
        for count, row in enumerate(rows, start=1):
            for number, write in writers:
                value = row[number]
                if value is not None:
                    write(count, number, value)
        return count

    def _header(self, column: Column) -> str:
        return f"{column.name} ({self._zone.key})" if column.type.name == "timestamptz" else column.name

    def _writer(self, sheet: Any, column: Column) -> _Write:
        """Writes a value of the column into a row and a column of the sheet."""
        writers: dict[str, _Write] = {
            "list": lambda at, to, values: sheet.write_string(at, to, self._text(" ".join(map(str, values)))),
            "text": lambda at, to, text: sheet.write_string(at, to, self._text(text)),
            "timestamptz": partial(self._write_instant, sheet),
            "date": partial(self._write_date, sheet),
            "boolean": sheet.write_boolean,
            "number": partial(_write_number, sheet),
            "other": lambda at, to, value: sheet.write_string(at, to, str(value)),
        }
        kind = _KINDS.get(column.type.name, column.type.name)
        return writers["list" if is_list(column) else kind if kind in writers else "other"]

    def _write_instant(self, sheet: Any, at: int, to: int, instant: datetime) -> None:
        """The local time; as text with its offset where Excel has no date."""
        try:
            local = instant.astimezone(self._zone)
        except OverflowError:  # the first or the last day that there is
            sheet.write_string(at, to, written(instant))
            return
        if local.date() < FIRST_DAY:
            sheet.write_string(at, to, written(local))
        else:
            sheet.write_datetime(at, to, local.replace(tzinfo=None), self._instant)

    def _write_date(self, sheet: Any, at: int, to: int, day: date) -> None:
        if day < FIRST_DAY:
            sheet.write_string(at, to, day.isoformat())
        else:
            sheet.write_datetime(at, to, day, self._date)

    def _text(self, text: str) -> str:
        """The text as a cell may hold it."""
        text = without_controls(text)
        if len(text) > LONGEST_TEXT // 2 and _units(text) > LONGEST_TEXT:
            self._cut += 1
            text = _first_units(text, LONGEST_TEXT - len(CUT)) + CUT
        return unformatted(text)


def without_controls(text: str) -> str:
    """The text with U+FFFD for each character that XML or Excel refuses, and with line feeds as line ends."""
    return text if text.isprintable() else _CONTROL.sub(_REPLACEMENT, _LINE_END.sub("\n", text))


def unformatted(text: str) -> str:
    """The text as plain text of a cell: the library does not escape <r>...</r>, formatted text of its own."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _write_number(sheet: Any, at: int, to: int, value: float) -> None:
    if -EXACT < value < EXACT:
        sheet.write_number(at, to, value)
    else:  # also what is no number
        sheet.write_string(at, to, str(value))


def _units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(ord(character) > _LARGEST_OF_ONE_UNIT for character in text)


def _first_units(text: str, most: int) -> str:
    """The longest beginning of a text of at most so many UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
