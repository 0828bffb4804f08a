"""The rows of a workbook's sheet (.xlsx, .xlsb, .xls, .ods) as text."""

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import BinaryIO, NamedTuple

import python_calamine as calamine

from api.importing.file_format import FileFormat
from api.importing.readers.archive import check_workbook_size
from api.importing.rows import Row, UnreadableFile, check_width
from api.spreadsheet_text import EXPLANATION

_LONGEST_INTEGER = 10**15
"""The first integer with more digits than a spreadsheet keeps."""


class _MergedCells(NamedTuple):
    """Cells that a sheet shows as one: its last row, and its columns among the used ones."""

    bottom: int
    columns: slice


def read_excel(content: BinaryIO, form: FileFormat, opened: ExitStack) -> tuple[list[str], str, Iterator[Row]]:
    """The names of the columns as written, how the file was read, and its rows. Raises UnreadableFile."""
    check_workbook_size(content)
    try:
        workbook = opened.enter_context(calamine.load_workbook(content))
        sheet = _sheet(workbook, form)
    except calamine.PasswordError:
        raise UnreadableFile("It is a workbook protected by a password: save it without one.") from None
    except calamine.CalamineError as error:
        raise UnreadableFile(f"It begins like a workbook and cannot be read: {error}.") from None
    check_width(sheet.width)  # before its cells are read
    rows = islice(_rows(sheet), form.skip_lines, None)
    header = next((row for row in rows if any(row.cells)), None)
    if header is None:
        raise UnreadableFile(f"Its sheet {sheet.name!r} has no header row that names its columns.")
    others = [repr(name) for name in workbook.sheet_names if name != sheet.name]
    beside = f" (`sheet` in the mapping names another: {', '.join(others)})" if others else ""
    return header.cells, f"Excel sheet {sheet.name!r}{beside}", (row for row in rows if any(row.cells))


def _sheet(workbook: calamine.CalamineWorkbook, form: FileFormat) -> calamine.CalamineSheet:
    """The sheet that the mapping names, else the first visible one with rows that does not explain the others."""
    if form.sheet is not None:
        if form.sheet not in workbook.sheet_names:
            names = ", ".join(map(repr, workbook.sheet_names))
            raise UnreadableFile(
                f"It has no sheet {form.sheet!r}, which `sheet` in the mapping names; it has: {names}."
            )
        return workbook.get_sheet_by_name(form.sheet)
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
    sheets = [workbook.get_sheet_by_name(name) for name in visible or workbook.sheet_names]
    filled = [sheet for sheet in sheets if sheet.height] or sheets
    return next((sheet for sheet in filled if sheet.name != EXPLANATION), filled[0])


def _rows(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    """The rows of a sheet. A cell that is merged with the one above it says the same."""
    merges: dict[int, list[_MergedCells]] = {}
    _, first = sheet.start or (0, 0)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        columns = slice(max(left - first, 0), max(right + 1 - first, 0))
        merges.setdefault(top, []).append(_MergedCells(bottom, columns))
    going_on: list[_MergedCells] = []
    above: list[str] = []
    for number, values in enumerate(sheet.iter_rows()):
        cells = [_text(value) for value in values]
        going_on = [merge for merge in going_on if number <= merge.bottom]
        for merge in going_on:
            cells[merge.columns] = above[merge.columns]
        yield Row(number + 1, _line(cells), cells)
        going_on += merges.get(number, ())
        above = cells


def _text(value: object) -> str:
    """A cell as text: dates in ISO 8601, whole numbers without a fraction, TRUE and FALSE in capitals."""
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case int() | float():
            return str(int(value)) if value == int(value) and abs(value) < _LONGEST_INTEGER else f"{value:.15g}"
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return ""


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
