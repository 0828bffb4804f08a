"""The rows of a file by ticket, in a temporary file: a source file of any size takes bounded memory."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic_core import from_json, to_json

from api.importing.rows import Row
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.importing", "staging.sql")
ROWS_AT_ONCE = 500
"""How many rows are written by one statement."""
MIXED_ORDER = "belongs to a ticket whose rows are ordered by numbers and by words, which have no common order"


class StagingTable:
    """Keeps rows until the file is read to its end, and returns them ticket by ticket."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # a temporary file, removed with the connection
        self._rows.execute("create table staging (ticket, sort_key, line, text, cells, flaw)")
        self._unwritten: list[tuple[Any, ...]] = []
        self.count = 0

    def put(self, ticket: str, sort_key: float | str, row: Row) -> None:
        """Keeps a row. Rows of a ticket with equal sort keys keep the order of the file."""
        # The text of a row with a flaw may be no valid Unicode.
        text = row.text if row.flaw is None else row.text.encode(errors="surrogatepass")
        self._unwritten.append((ticket, sort_key, row.line, text, to_json(row.cells), row.flaw))
        if len(self._unwritten) == ROWS_AT_ONCE:
            self._write()
        self.count += 1

    def tickets(self) -> Iterator[tuple[str, list[Row]]]:
        """Each ticket with its rows in order; tickets in the order in which the file first names them."""
        self._write()
        self._rows.executescript(_SQL["sort"].text)
        for ticket, of_ticket in groupby(self._rows.execute(_SQL["in order"].text), itemgetter(0)):
            keys, rows = [], []
            for _, sort_key, line, text, cells, flaw in of_ticket:
                rows.append(_row(line, text, cells, flaw))
                if flaw is None:
                    keys.append(isinstance(sort_key, str))
            if any(keys) and not all(keys):
                rows = [row if row.flaw else row._replace(flaw=MIXED_ORDER) for row in rows]
            yield ticket, rows

    def close(self) -> None:
        """Removes the rows."""
        self._rows.close()

    def _write(self) -> None:
        self._rows.executemany("insert into staging values (?, ?, ?, ?, ?, ?)", self._unwritten)
        self._unwritten.clear()


def _row(line: int, text: str | bytes, cells: bytes, flaw: str | None) -> Row:
    original = text if isinstance(text, str) else text.decode(errors="surrogatepass")
    return Row(line, original, from_json(cells), flaw)
