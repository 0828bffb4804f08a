"""The draft of a mapping, written from the first rows of a file."""

import re
from itertools import islice
from pathlib import Path

from api.cli.printing import say, show_line
from api.cli.usage_error import UsageError
from api.importing.file_format import FileFormat
from api.importing.guess import MARK, draft
from api.importing.readers.table import opened_table

ROWS = 2_000
"""How many rows of the file a draft looks at."""


def write_draft(file: Path, to: Path | None) -> None:
    """Writes the draft to a new file or the standard output, and says how many lines are uncertain."""
    header, rows, read_as = _beginning(file)
    text = draft(header, rows, _source(file))
    if to is None:
        show_line(text.rstrip())
    else:
        try:
            with to.open("x", encoding="utf-8") as draft_file:
                draft_file.write(text)
        except FileExistsError as error:
            raise UsageError(f"There is a file {to} already: choose another with --to.") from error
        except OSError as error:
            raise UsageError(
                f"The draft cannot be written to {to} ({error}): choose another place with --to."
            ) from error
    doubts = text.count(MARK)
    say(
        f"The file was read as {read_as}. The draft is made from {len(rows)} rows; {doubts}"
        f" {'line is' if doubts == 1 else 'lines are'} marked with '{MARK}': look there first."
    )


def _beginning(file: Path) -> tuple[list[str], list[list[str]], str]:
    """Header, first rows, and how the file was read."""
    with opened_table(file, FileFormat()) as table:
        width = len(table.header)
        rows = [(row.cells + [""] * width)[:width] for row in islice(table.rows, ROWS) if row.flaw is None]
        return table.header, rows, table.read_as


def _source(file: Path) -> str:
    """A name for the source, from that of the file."""
    return re.sub(r"[^a-z0-9]+", "-", file.name.partition(".")[0].casefold()).strip("-")[:40] or "import"
