"""Drafting a mapping, seen from the terminal."""

import re
from itertools import islice
from pathlib import Path

from api.command_line.desk import Unusable
from api.importing.guess import MARK, draft
from api.importing.rows import Rejected, Row, UnreadableFile, opened, records
from api.printing import say

ROWS = 2_000
"""How many rows of the file a draft looks at."""

SEPARATORS = ",;\t|"


def guess(file: Path, to: Path | None) -> None:
    """Writes the draft to a new file or the standard output, and says how much of it is not sure."""
    if not file.is_file():
        raise Unusable(f"There is no file {file}.")
    header, rows, separator = _beginning(file)
    text = draft(header, rows, _source(file), separator)
    if to is None:
        print(text, end="")  # noqa: T201 -- what was asked for
    else:
        try:
            with to.open("x", encoding="utf-8") as place:
                place.write(text)
        except FileExistsError as error:
            raise Unusable(f"There is a file {to} already: choose another with --to.") from error
        except OSError as error:
            raise Unusable(f"The draft cannot be written to {to} ({error}): choose another place with --to.") from error
    doubts = text.count(MARK)
    say(f"The draft is made from {len(rows)} rows. {doubts} lines are marked with '{MARK}': look at them first.")


def _beginning(file: Path) -> tuple[list[str], list[list[str]], str]:
    """Header, first rows and separator."""
    with opened(file, "utf-8-sig") as (text, _):
        first = text.readline()
    separator = max(SEPARATORS, key=first.count)
    with opened(file, "utf-8-sig") as (text, _):
        found = list(islice(records(text, separator), ROWS + 1))
    if not found or isinstance(found[0], Rejected):
        raise UnreadableFile(f"{file} has no header line that names its columns.")
    header = [cell.strip() for cell in found[0].cells]
    return header, [row.cells for row in found[1:] if isinstance(row, Row)], separator


def _source(file: Path) -> str:
    """A name for the source, from that of the file."""
    return re.sub(r"[^a-z0-9]+", "-", file.name.partition(".")[0].casefold()).strip("-")[:40] or "import"
