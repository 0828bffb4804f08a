"""CSV in any usual dialect: the delimiter is detected, and records end where their quotes end."""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO, TextIO

from api.importing.file_format import FileFormat
from api.importing.readers.lines import LARGEST_RECORD, Lines, RecordTooLarge
from api.importing.rows import Row, UnreadableFile, unstorable

SAMPLE = 65_536
"""The characters from which the delimiter is detected."""
SAMPLE_RECORDS = 50

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_BYTE_ORDER_MARKS = (  # the mark of UTF-32 begins like that of UTF-16
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF8, "utf-8"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
_BY_ZERO_BYTES: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""The encoding by which of the first four bytes of a file in Latin letters are zero."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]', re.IGNORECASE)
csv.field_size_limit(LARGEST_RECORD)  # of the process: a cell may be as long as a record


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are separated and quoted. ``spaced``: blanks may stand between the delimiter and a quote."""

    delimiter: str
    quote: str
    escape: str | None
    spaced: bool = False

    def options(self, *, strict: bool) -> dict[str, Any]:
        """The options of the csv module."""
        quoting = csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": quoting,
            "escapechar": self.escape,
            "skipinitialspace": self.spaced,
            "strict": strict,
        }


def read_csv(content: BinaryIO, form: FileFormat, opened: ExitStack) -> tuple[list[str], str, Iterator[Row]]:
    """The names of the columns as written, how the file was read, and its records until ``opened`` is closed.

    Raises UnreadableFile.
    """
    encoding = form.encoding or encoding_of(content)
    text = opened.enter_context(decoded(content, encoding))
    sample = text.read(SAMPLE)
    text.seek(0)
    if text.read(1) != "\ufeff":
        text.seek(0)
    lines = Lines(text)
    delimiter = _skip(lines, form, sample.removeprefix("\ufeff"))
    dialect = _dialect(sample, form, delimiter)
    rows = records(lines, dialect)
    header = next(rows, None)
    if header is None:
        raise UnreadableFile("It has no header line that names its columns.")
    if flaw := header.flaw or unstorable(header.cells):
        raise UnreadableFile(f"Its line {header.line}, which names its columns, {flaw}.")
    separated = _DELIMITERS.get(dialect.delimiter, repr(dialect.delimiter))
    return header.cells, f"CSV separated by {separated}, in {encoding}", rows


def encoding_of(content: BinaryIO) -> str:
    """The encoding by the byte order mark or by the zero bytes of UTF-16, else UTF-8."""
    begins = content.read(4)
    content.seek(0)
    return next(
        (name for mark, name in _BYTE_ORDER_MARKS if begins.startswith(mark)),
        _BY_ZERO_BYTES.get(tuple(byte == 0 for byte in begins), "utf-8"),
    )


@contextmanager
def decoded(content: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """The text of a file from its beginning. Bytes that are not in the encoding become lone surrogates."""
    content.seek(0)
    text = io.TextIOWrapper(content, encoding, "surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()  # keeps the content open


def records(lines: Lines, dialect: Dialect) -> Iterator[Row]:
    """The records of the lines without blank ones.

    A quote that is never closed, or closed in the middle of a cell, makes its record and all later ones unreadable:
    which line ends are inside a cell is then unknown.
    """
    reader = csv.reader(lines, **dialect.options(strict=True))
    while True:
        try:
            cells = next(reader, [])
        except (csv.Error, RecordTooLarge) as error:
            yield from _broken(lines, dialect, error)
            return
        if not lines.taken():
            return
        if any(map(str.strip, cells)):
            yield Row(lines.number, "".join(lines.taken()), cells)
        lines.next_record()


def _broken(lines: Lines, dialect: Dialect, error: Exception) -> Iterator[Row]:
    """Every line from the broken record on, as a record that cannot be read."""
    if isinstance(error, RecordTooLarge):
        problem = f"a record is longer than {LARGEST_RECORD:,} characters, or its quotes are never closed"
    elif "unexpected end" in str(error):
        problem = "a quote is opened and never closed"
    else:
        problem = "a quote is closed in the middle of a cell"
    broken_at = lines.number
    lines.next_record(0)
    flaw = f"is not CSV: {problem}; mend it, or name `quote` or `escape` in the mapping"
    while True:
        try:
            line = next(lines, None)
        except RecordTooLarge:
            line = lines.taken()[-1]
        if line is None:
            return
        if line.strip():
            yield Row(lines.number, line, _cells(line, dialect), flaw)
        lines.next_record()
        flaw = f"stands behind the broken quotes of line {broken_at}, where the ends of rows are unknown"


def _cells(line: str, dialect: Dialect) -> list[str]:
    try:
        return next(csv.reader([line], **dialect.options(strict=False)), [])
    except csv.Error:
        return []


def _skip(lines: Lines, form: FileFormat, sample: str) -> str | None:
    """Skips the lines above the header; returns the delimiter if a line such as ``sep=;`` names it."""
    named = _SEPARATOR_LINE.match(sample)
    for _ in range(form.skip_lines + (named is not None)):
        next(lines, None)
        lines.next_record()
    return named[1] if named else None


def _dialect(sample: str, form: FileFormat, named: str | None) -> Dialect:
    lines = io.StringIO(sample, newline="").readlines()[form.skip_lines + (named is not None) :]
    complete = lines[:-1] if len(sample) == SAMPLE and len(lines) > 1 else lines
    delimiter = form.delimiter or named or _likeliest("".join(complete), form)
    dialect = Dialect(delimiter, form.quote, form.escape)
    return replace(dialect, spaced=_is_spaced("".join(complete), dialect))


def _is_spaced(sample: str, dialect: Dialect) -> bool:
    """Whether blanks precede quotes: in the first line, or because more first records then have one width."""
    if not dialect.quote or dialect.delimiter == " ":
        return False
    first = next((line for line in io.StringIO(sample, newline="") if line.strip()), "")
    if f"{dialect.delimiter} {dialect.quote}" in first:
        return True
    spaced = replace(dialect, spaced=True)
    try:
        list(islice(csv.reader(io.StringIO(sample, newline=""), **spaced.options(strict=True)), SAMPLE_RECORDS))
    except csv.Error as error:
        if "unexpected end" not in str(error):  # the sample may end inside a record
            return False
    return _agreement(_first_records(sample, spaced)) > _agreement(_first_records(sample, dialect))


def _first_records(sample: str, dialect: Dialect) -> list[list[str]]:
    """The first records of the sample; none when the dialect cannot read them."""
    reader = csv.reader(io.StringIO(sample, newline=""), **dialect.options(strict=False))
    try:
        return [cells for cells in islice(reader, SAMPLE_RECORDS) if cells]
    except csv.Error:
        return []


def _agreement(records: list[list[str]]) -> tuple[float, int]:
    """The share of records as wide as the first one, the header, and that width; zeros for a single column."""
    width = len(records[0]) if records else 1
    if width == 1:
        return 0, 0
    return sum(len(cells) == width for cells in records) / len(records), width


def _likeliest(sample: str, form: FileFormat) -> str:
    """The delimiter with which most first records are as wide as the header; of several, the one with most cells."""
    candidates = [delimiter for delimiter in _DELIMITERS if delimiter not in {form.quote, form.escape}]

    def agreement(delimiter: str) -> tuple[float, int]:
        return _agreement(_first_records(sample, Dialect(delimiter, form.quote, form.escape)))

    return max(candidates, key=agreement)
