"""Tables as CSV and as JSON lines."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TextIO

from pydantic_core import from_json, to_json, to_jsonable_python

from api.exporting.exported_table import is_list
from api.spreadsheet_text import inert
from api.terminal_text import escaped, escaped_json
from domain.zones import UTC_ZONE, TimeZone
from projections.engine.table import Column

BYTE_ORDER_MARK = "\ufeff"
Row = Sequence[Any]
Cell = Callable[[Any], object]


def write_csv(
    output: TextIO, columns: Sequence[Column], rows: Iterable[Row], zone: TimeZone, *, bom: bool, shown: bool
) -> None:
    """Writes a header and the rows. No text of them begins a formula; ``shown`` escapes what a terminal would obey."""
    output.write(BYTE_ORDER_MARK if bom else "")
    writer = csv.writer(output)
    writer.writerow(column.name for column in columns)
    cells = [_cell(column, zone, shown=shown) for column in columns]
    writer.writerows(
        [None if value is None else cell(value) for cell, value in zip(cells, row, strict=True)] for row in rows
    )


def write_json_lines(
    output: TextIO, columns: Sequence[Column], rows: Iterable[Row], zone: TimeZone, *, shown: bool
) -> None:
    """Writes an object a line."""
    output.writelines(
        f"{escaped_json(document) if shown else document}\n" for document in _documents(columns, rows, zone)
    )


def _documents(columns: Sequence[Column], rows: Iterable[Row], zone: TimeZone) -> Iterator[str]:
    names = [column.name for column in columns]
    values = [(number, value) for number, column in enumerate(columns) if (value := _value(column, zone))]
    for row in rows:
        fields = list(row)
        for number, value in values:
            if fields[number] is not None:
                fields[number] = value(fields[number])
        yield to_json(dict(zip(names, fields, strict=True))).decode()


def _value(column: Column, zone: TimeZone) -> Cell | None:
    """What JSON holds of a value; None where that is the value itself."""
    if column.type.name == "json":
        return from_json
    if column.type.name == "timestamptz" and zone is not UTC_ZONE:
        return lambda instant: instant.astimezone(zone)
    return None


def _cell(column: Column, zone: TimeZone, *, shown: bool) -> Cell:
    if is_list(column):
        return lambda values: _text(" ".join(map(str, values)), shown=shown)
    match column.type.name:
        case "timestamptz":
            return lambda instant: written(instant.astimezone(zone))
        case "text" | "json":
            return lambda text: _text(text, shown=shown)
        case "boolean":
            return lambda value: str(value).lower()
        case "double precision":
            return _number
        case _:
            return to_jsonable_python


def written(instant: datetime) -> str:
    """ISO 8601 with the offset; Z for UTC."""
    return instant.isoformat().replace("+00:00", "Z")


def _number(value: float) -> float | int:
    """A count has no decimals."""
    return int(value) if value.is_integer() else value


def _text(text: str, *, shown: bool) -> str:
    return inert(escaped(text) if shown else text)
