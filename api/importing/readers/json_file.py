"""JSON: one record a line, an array of records, or a document with such an array; nested values under dotted names."""

import json
import re
from codecs import BOM_UTF8, getreader
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]  # it has no types

from api.importing.file_format import FileFormat
from api.importing.readers.csv_file import decoded, encoding_of
from api.importing.readers.lines import LARGEST_RECORD
from api.importing.rows import Row, UnreadableFile, unstorable

MOST_COLUMNS = 2_000
LONGEST_NUMBER = 4_000
"""Digits. Python converts no longer number, and the parser crashes on one."""
DEEPEST_RECORD = 10_000
"""Levels of objects and lists. The memory of the parser grows with their square."""
_TOO_MANY_DIGITS = re.compile(rb"[0-9]{%d}" % (LONGEST_NUMBER + 1))

Value = Any
"""A JSON value: None, bool, str, Decimal or int, a list of values, or Fields."""


class Fields:
    """The names and values of an object, with repeated names."""

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        self.pairs = list(pairs)

    def __setitem__(self, name: str, value: Value) -> None:  # called by ijson
        self.pairs.append((name, value))


Named = list[tuple[str, str]]
"""The cells of a record with the unique names of their columns."""

Record = tuple[int, str, Named, str | None]
"""The line of a record or its number from 1, its text, its cells, and why they cannot be read."""


def read_json(content: BinaryIO, form: FileFormat, _opened: ExitStack) -> tuple[list[str], str, Iterator[Row]]:
    """The names of the columns, how the file was read, and its records. Raises UnreadableFile.

    The file is read twice, because any record may add a column.
    """
    records, read_as = _records(content, form)
    indexes: dict[str, int] = {}
    for _, _, cells, _ in records():
        for name, _ in cells:
            indexes.setdefault(name, len(indexes))
        if len(indexes) > MOST_COLUMNS:
            raise UnreadableFile(
                f"Its records have more than {MOST_COLUMNS:,} different names: name the array of records as `records`."
            )
    if not indexes:
        raise UnreadableFile(f"It has no records; it was read as {read_as}.")
    if flaw := unstorable(list(indexes)):
        raise UnreadableFile(f"The name of one of its columns {flaw}.")
    return list(indexes), read_as, (_row(record, indexes) for record in records())


def _row(record: Record, indexes: dict[str, int]) -> Row:
    line, text, named, flaw = record
    cells = [""] * len(indexes)
    for name, cell in named:
        cells[indexes[name]] = cell
    return Row(line, text, cells, flaw)


def _records(content: BinaryIO, form: FileFormat) -> tuple[Callable[[], Iterator[Record]], str]:
    """A function that returns the records from the beginning, and how they are read."""
    encoding = form.encoding or encoding_of(content)
    if form.records is None and _is_lines(content, encoding):
        return lambda: _of_lines(content, encoding), f"JSON lines, in {encoding}"
    path = form.records or _array(content, encoding)
    return lambda: _of_array(content, encoding, path), f"JSON, the records in {path!r}" if path else "JSON array"


def _is_lines(content: BinaryIO, encoding: str) -> bool:
    """Whether the first line is a whole object, and no array of records in it."""
    with decoded(content, encoding) as text:
        first = text.readline(LARGEST_RECORD).removeprefix("\ufeff")
        more = bool(text.read(1_024).strip())
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and (more or not any(_is_array_of_objects(inner) for inner in value.values()))


def _is_array_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _array(content: BinaryIO, encoding: str) -> str:
    """The path of the array of records: "" for the document itself, else the first array of objects in it."""
    opened: str | None = None
    try:
        for path, event, _ in ijson.parse(_Source(content, encoding)):
            if opened is not None and event == "start_map":
                return opened
            opened = str(path) if event == "start_array" and "." not in path else None
            if opened == "":
                return opened
    except (ijson.JSONError, ValueError, InvalidOperation):
        raise UnreadableFile("It begins like JSON and breaks off or is damaged: export it again.") from None
    raise UnreadableFile("It is JSON without an array of records at its first level: name its path as `records`.")


def _of_lines(content: BinaryIO, encoding: str) -> Iterator[Record]:
    number, broken_off = 0, False
    with decoded(content, encoding) as text:
        while line := text.readline(LARGEST_RECORD):
            number += not broken_off
            whole = line.removeprefix("\ufeff") if number == 1 else line
            too_long = broken_off or (len(line) == LARGEST_RECORD and not line.endswith("\n"))
            broken_off = too_long and not line.endswith("\n")
            if too_long:
                yield number, line, [], f"is longer than {LARGEST_RECORD:,} characters"
            elif whole.strip():
                yield (number, whole, *_of_line(whole))


def _of_line(line: str) -> tuple[Named, str | None]:
    if flaw := unstorable([line]):
        return [], flaw
    try:
        value = json.loads(line, object_pairs_hook=Fields, parse_float=Decimal, parse_int=Decimal)
        return _cells(value)
    except RecursionError:
        return [], "is nested too deeply"
    except json.JSONDecodeError as error:
        return [], f"is not JSON from its character {error.pos + 1:,} on"
    except InvalidOperation:
        return [], "holds a number whose exponent is out of range"


def _of_array(content: BinaryIO, encoding: str, path: str) -> Iterator[Record]:
    source = _Source(content, encoding)
    prefix = f"{path}.item" if path else "item"
    number = 0
    try:
        for number, value in enumerate(ijson.items(source, prefix, map_type=Fields), 1):
            source.next_record()
            try:
                yield (number, json_text(value), *_cells(value))
            except RecursionError:
                yield number, "", [], "is nested too deeply"
    except (ijson.JSONError, ValueError, InvalidOperation):
        raise UnreadableFile(
            f"It cannot be read as JSON after its record {number:,}: mend it there, or export it again."
        ) from None
    if number == 0 and path:
        raise UnreadableFile(f"It has no records in {path!r}, which must be the path of an array of objects.")


def _cells(record: Value) -> tuple[Named, str | None]:
    if not isinstance(record, Fields):
        return [], "is no JSON object"
    cells: dict[str, str] = {}
    numbers: dict[str, int] = {}  # the last one of each repeated name: they are not tried again
    for name, cell in _flat(record, ""):
        unique, number = name, numbers.get(name, 1)
        while unique in cells:
            number += 1
            unique = f"{name} ({number})"
        numbers[name] = number
        cells[unique] = cell
    return list(cells.items()), None


def _flat(record: Fields, before: str) -> Iterator[tuple[str, str]]:
    for name, value in record.pairs:
        if isinstance(value, Fields):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", _text(value)


def _text(value: Value) -> str:
    """A value as a cell; empty values are empty cells."""
    if isinstance(value, str):
        return value
    return "" if value is None or value == [] else json_text(value)


def json_text(value: Value) -> str:
    """The value as JSON, numbers as they were written."""
    if isinstance(value, Fields):
        return "{" + ", ".join(f"{json_text(name)}: {json_text(inner)}" for name, inner in value.pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


class _Source:
    """The content from its beginning in UTF-8 without a byte order mark, as ijson reads it.

    It raises UnreadableFile for a record that is too long, too deep or holds too long a number. The caller calls
    ``next_record`` after each record. Digits and brackets inside strings are counted too.
    """

    def __init__(self, content: BinaryIO, encoding: str) -> None:
        content.seek(0)
        self._content = content
        self._reader = None if encoding == "utf-8" else getreader(encoding)(content)
        if self._reader is None and content.read(3) != BOM_UTF8:
            content.seek(0)
        self._since = self._depth = 0
        self._digits = b""

    def next_record(self) -> None:
        """Starts the counts of the next record."""
        self._since = self._depth = 0

    def read(self, size: int = -1) -> bytes:
        """About ``size`` bytes at most."""
        part = self._content.read(size) if self._reader is None else self._reader.read(size).encode()
        self._since += len(part)
        if self._since > LARGEST_RECORD:
            raise UnreadableFile(f"One of its records is longer than {LARGEST_RECORD:,} bytes.")
        self._depth += part.count(b"{") + part.count(b"[") - part.count(b"}") - part.count(b"]")
        if self._depth > DEEPEST_RECORD:
            raise UnreadableFile(f"One of its records is nested more than {DEEPEST_RECORD:,} deep.")
        joined = self._digits + part
        if _TOO_MANY_DIGITS.search(joined):
            raise UnreadableFile(f"It holds a number of more than {LONGEST_NUMBER:,} digits.")
        self._digits = joined[-LONGEST_NUMBER:]
        return part
