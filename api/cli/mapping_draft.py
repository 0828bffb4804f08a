"""The draft of a mapping, written from the first rows of a file."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from api.cli.import_sentences import doubt_in, form_in, reason_in
from api.cli.import_words import IMPORT_WORDS
from api.cli.printing import say, show_line
from api.cli.usage_error import UsageError
from api.importing.draft_lines import MARK
from api.importing.file_format import FileFormat
from api.importing.guess import draft
from api.importing.known_words import COLUMNS, STATES
from api.importing.readers.table import opened_table
from api.importing.rows import Row, UnreadableFile
from domain.readable import Language, number

ROWS = 2_000
"""How many rows of the file a draft looks at."""
MOST_TEXT = 16 * 2**20
"""The characters after which it looks at no further row."""
TITLE_ROWS = 10
"""How many rows below the first one may name the columns."""
ENCODINGS = ("cp1252", "cp1258")
"""Those that are tried for a file that is not in UTF-8: Western Europe and Vietnam."""
_UNDECODED = re.compile("[\udc80-\udcff]")
"""What bytes become that are not in the encoding."""


def write_draft(file: Path, to: Path | None, zone: str, language: Language) -> None:
    """Writes the draft to a new file or the standard output, and says how many lines are uncertain.

    ``zone`` is that of times that name none.
    """
    beginning = _beginning(file)
    text = draft(
        beginning.header,
        beginning.rows,
        _source(file),
        zone,
        beginning.encoding,
        beginning.skip_lines,
        partial(doubt_in, language=language),
    )
    if to is None:
        show_line(text.rstrip())
    else:
        try:
            with to.open("x", encoding="utf-8") as draft_file:
                draft_file.write(text)
        except FileExistsError as error:
            raise UsageError(
                f"There is a file {to} already: choose another with --to.",
                f"Đã có tệp {to}: hãy chọn tệp khác bằng --to.",
            ) from error
        except OSError as error:
            raise UsageError(
                f"The draft cannot be written to {to} ({error}): choose another place with --to.",
                f"Không ghi được bản nháp vào {to} ({error}): hãy chọn chỗ khác bằng --to.",
            ) from error
    words, doubts, rows = IMPORT_WORDS[language], text.count(MARK), len(beginning.rows)
    marked = words["marked" if doubts == 1 else "several_marked"].format(number(doubts, language))
    made_from = words["made_from" if rows == 1 else "made_from_several"].format(number(rows, language))
    values = {"read_as": form_in(beginning.read_as, language), "made_from": made_from, "marked": marked, "mark": MARK}
    say(words["drafted"].format(**values))
    if (unread := beginning.unread) is not None:
        say(words["drafted_without"].format(line=unread.line, flaw=reason_in(unread.flaw or "", language)))


class Beginning(NamedTuple):
    """Header and first rows of a file, how it was read, its encoding where that was guessed, and a row it lacks.

    ``unread`` is the first of the rows that cannot be read. ``skip_lines`` stand above the header.
    """

    header: list[str]
    rows: list[list[str]]
    read_as: str
    encoding: str | None = None
    unread: Row | None = None
    skip_lines: int = 0

    @property
    def is_decoded(self) -> bool:
        """Whether the encoding has all its bytes."""
        return not any(_UNDECODED.search("".join(row)) for row in [self.header, *self.rows])

    @property
    def known(self) -> int:
        """How many known words it holds."""
        words = {cell for row in self.rows for cell in row}
        return sum(name in COLUMNS for name in self.header) + sum(word in STATES for word in words)


def _beginning(file: Path) -> Beginning:
    """The beginning of a file. One that is not in UTF-8 is read in the encoding that gives most known words."""
    with suppress(UnreadableFile):  # for another reason than the encoding it is raised again below
        beginning = _read(file, None)
        if beginning.is_decoded:
            return beginning
    tried = [beginning for encoding in ENCODINGS if (beginning := _read(file, encoding)).is_decoded]
    if not tried:
        raise UnreadableFile(
            f"{file} is not in UTF-8, {' or '.join(ENCODINGS)}: write it in UTF-8, or write a mapping that names its"
            " `encoding`."
        )
    return max(tried, key=lambda beginning: beginning.known)


def _first(rows: Iterator[Row]) -> Iterator[Row]:
    """As many rows as a draft looks at."""
    length = 0
    for row in islice(rows, ROWS):
        yield row
        length += len(row.text)
        if length >= MOST_TEXT:
            return


def _read(file: Path, encoding: str | None, skip_lines: int = 0) -> Beginning:
    with opened_table(file, FileFormat(encoding=encoding, skip_lines=skip_lines)) as table:
        width = len(table.header)
        first = list(_first(table.rows))
    if not skip_lines and (above := _lines_above_header(table.header, first)):
        below_title = _read(file, encoding, above)
        if below_title.header != table.header:  # JSON has no lines to skip
            return below_title
    rows = [(row.cells + [""] * width)[:width] for row in first if row.flaw is None]
    unread = next((row for row in first if row.flaw is not None), None)
    return Beginning(table.header, rows, table.read_as, encoding, unread, skip_lines)


def _lines_above_header(header: Sequence[str], rows: Sequence[Row]) -> int:
    """How many lines stand above the row that names the columns, when the first one names none; else 0.

    At least two cells of such a row, and half of them, are known names. Below a title, which is one cell alone, it may
    also be the first row that fills most cells, all without digits.
    """
    if _names_columns(header):
        return 0
    is_title = len(header) == sum(name == f"column {number}" for number, name in enumerate(header, 1)) + 1
    for row in rows[:TITLE_ROWS]:
        filled = [cell for cell in row.cells if cell.strip()]
        known = sum(cell in COLUMNS for cell in filled)
        fills = len(filled) > 1 and len(filled) * 2 > len(row.cells)
        if known > 1 and known * 2 >= len(filled):
            return row.line - 1
        if is_title and fills:
            return row.line - 1 if not any(map(str.isdigit, "".join(filled))) else 0
    return 0


def _names_columns(header: Sequence[str]) -> bool:
    return any(name in COLUMNS for name in header)


def _source(file: Path) -> str:
    """A name for the source, from that of the file."""
    return re.sub(r"[^a-z0-9]+", "-", file.name.partition(".")[0].casefold()).strip("-")[:40] or "import"
