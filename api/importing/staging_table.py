"""The rows of a file by ticket. They lie on the disk: a file of any size is read in bounded memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter

from pydantic_core import from_json, to_json

from api.importing.rows import Row


class StagingTable:
    """Keeps rows until all of the file is read, and gives them back ticket by ticket."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # a temporary file of SQLite's, gone with the connection
        self._rows.execute("create table staging (ticket, place, line, text, cells, flaw)")
        self.count = 0

    def put(self, ticket: str, place: float | str, row: Row) -> None:
        """Keeps a row. ``place`` orders it among the rows of its ticket; rows of the same place stay as they came."""
        # The text of a row with a flaw may hold what is no Unicode.
        text = row.text if row.flaw is None else row.text.encode(errors="surrogatepass")
        values = (ticket, place, row.line, text, to_json(row.cells), row.flaw)
        self._rows.execute("insert into staging values (?, ?, ?, ?, ?, ?)", values)
        self.count += 1

    def tickets(self) -> Iterator[tuple[str, list[Row]]]:
        """Each ticket with its rows in order, in the order in which the file first names them."""
        statement = (
            "select ticket, line, text, cells, flaw, min(line) over (partition by ticket) as first from staging"
            " order by first, place, line"
        )
        with closing(self._rows.execute(statement)) as found:
            for ticket, rows in groupby(found, itemgetter(0)):
                yield ticket, [_row(*row[1:5]) for row in rows]

    def close(self) -> None:
        """Throws the rows away."""
        self._rows.close()


def _row(line: int, text: str | bytes, cells: bytes, flaw: str | None) -> Row:
    whole = text if isinstance(text, str) else text.decode(errors="surrogatepass")
    return Row(line, whole, from_json(cells), flaw)
