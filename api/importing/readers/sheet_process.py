"""The process that reads a workbook (.xlsx, .xlsb, .xls, .ods): a few kilobytes of one can stand for gigabytes.

Its input is a line of JSON, `[sheet or null, bytes of memory that it may take]`, and the workbook. It writes lines of
JSON: a sentence that refuses, or the sheet as `[name, columns, other sheets]` and lists of rows as `[number, line of
CSV, cells]`. END comes last: without it the process has died.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

import python_calamine as calamine

from api.spreadsheet_text import EXPLANATION

END = None
OUT_OF_MEMORY = 3
"""The exit code when Python is refused memory. The package that reads workbooks aborts then."""
MOST_SHEETS = 1_000
_ROWS_AT_ONCE = 500
_LONGEST_INTEGER = 10**15
"""The first integer with more digits than a spreadsheet keeps."""


class _Refused(Exception):  # noqa: N818 -- an answer, not a defect
    """The sentence that says why the workbook cannot be read."""


class _MergedCells(NamedTuple):
    """Cells that a sheet shows as one: its last row, and its columns among the used ones."""

    bottom: int
    columns: slice


def main() -> None:
    """Reads the workbook at the input."""
    name, memory = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # some systems have no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        for message in _messages(io.BytesIO(sys.stdin.buffer.read()), name):
            sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _messages(content: BinaryIO, name: str | None) -> Iterator[Any]:
    try:
        workbook = calamine.load_workbook(content)
        sheet = _sheet(workbook, name)
    except calamine.PasswordError:
        yield "It is a workbook protected by a password: save it without one."
    except calamine.CalamineError:
        yield "It is a damaged workbook: save it again, or save it as CSV."
    except _Refused as refused:
        yield str(refused)
    else:
        yield sheet.name, sheet.width, [other for other in workbook.sheet_names if other != sheet.name]
        rows = _rows(sheet)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            yield some
    yield END


def _sheet(workbook: calamine.CalamineWorkbook, name: str | None) -> calamine.CalamineSheet:
    """The sheet of a name, else the first visible one with rows that does not explain the others. Raises _Refused."""
    if name is not None:
        if name not in workbook.sheet_names:
            names = ", ".join(map(repr, workbook.sheet_names))
            raise _Refused(f"It has no sheet {name!r}, which `sheet` in the mapping names; it has: {names}.")
        return workbook.get_sheet_by_name(name)
    if len(workbook.sheet_names) > MOST_SHEETS:
        raise _Refused(f"It has more than {MOST_SHEETS:,} sheets: name that of the tickets as `sheet` in the mapping.")
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
    first = None
    for each in visible or workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(each)
        if sheet.height and each != EXPLANATION:
            return sheet
        if first is None or (sheet.height and not first.height):
            first = sheet
    if first is None:
        raise _Refused("It is a workbook without a sheet: export the tickets again.")
    return first


def _rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, str, list[str]]]:
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
        yield number + 1, _line(cells), cells
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


if __name__ == "__main__":
    main()
