"""Tables as Parquet, by DuckDB.

PostgreSQL's own text of the rows flows through a pipe, without a copy on the disk.
"""

import errno
import os
import re
import shutil
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from psycopg import sql

from api.exporting.exported_table import ExportedTable, is_list, with_texts
from api.exporting.optional_packages import extra_package
from api.exporting.progress import Counter
from api.exporting.snapshot import ExportFailed, ExportSnapshot
from domain.event_log.sql_files import sql_file

if TYPE_CHECKING:
    import duckdb

_SQL = sql_file("api.exporting", "exporting.sql")
SECONDS_BETWEEN_LOOKS = 0.01
"""Seconds between two looks whether DuckDB has opened the pipe."""
_MEMORY = "1GB"
_ROWS_OF_A_GROUP = 20_480
"""Rows that DuckDB collects before it writes them."""
_LONGEST_LINE = 16 * 2**20
"""Bytes of a row."""
_TYPES = {
    "uuid": "UUID",
    "text": "VARCHAR",
    "json": "JSON",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamptz": "TIMESTAMPTZ",
}
"""DuckDB's types of PostgreSQL's."""
_ERRNO = re.compile(r'"errno":"(\d+)"')
"""The number of the system's error in a message with an object of JSON, which names a hidden folder."""
_LISTED = {"uuid[]": "VARCHAR", "text[]": "VARCHAR", "date[]": "DATE"}
"""The types in lists. Ids are text there: pandas reads no list of UUIDs."""


def write_parquet(file: Path, snapshot: ExportSnapshot, table: ExportedTable, counter: Counter) -> int:
    """Writes the rows of a table in their order; returns how many. Raises ExtraMissing, ExportRefused, ExportFailed."""
    engine = extra_package("duckdb")
    statement = sql.SQL("copy ({}) to stdout (format csv)").format(
        with_texts(table, table.select(snapshot), lists=True)
    )
    pipe = file.with_name(f"{file.name}.pipe")
    os.mkfifo(pipe)
    try:
        with engine.connect(config=_settings(file)) as connection:
            reading = DuckdbThread(connection, _copy_statement(pipe, file, table))
            reading.start()
            try:
                _feed(pipe, snapshot, statement, reading, counter)
            finally:
                _end(reading, pipe)
            rows = reading.rows()
    except engine.Error as error:
        raise ExportFailed(f"{file.name} cannot be written: {reason(str(error))}") from None
    finally:
        pipe.unlink()
        shutil.rmtree(_spill_folder(file), ignore_errors=True)
    if rows != counter.total:
        raise ExportFailed(f"{file.name} cannot be written: {rows} of {counter.total} rows came through.")
    return rows


def reason(message: str) -> str:
    """Why DuckDB gave up: what the system said where the message has its number, else the first line."""
    said = _ERRNO.search(message)
    return f"{os.strerror(int(said[1]))}." if said else message.splitlines()[0]


class DuckdbThread(Thread):
    """DuckDB's side of the pipe."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", statement: str) -> None:
        super().__init__(daemon=True)
        self._connection, self._statement = connection, statement
        self._rows = 0
        self._error: Exception | None = None

    def run(self) -> None:
        """Copies what comes through the pipe into the file."""
        try:
            ((self._rows,),) = self._connection.execute(self._statement).fetchall()
        except Exception as error:  # noqa: BLE001 -- raised again by rows(), in the thread that waits
            self._error = error

    def rows(self) -> int:
        """How many rows were written. Raises what ended the copying early."""
        if self._error is not None:
            raise self._error
        return self._rows


def _feed(
    pipe: Path, snapshot: ExportSnapshot, statement: sql.Composed, reading: DuckdbThread, counter: Counter
) -> None:
    """Sends the rows into the pipe until DuckDB has all of them or has given up."""
    while (descriptor := _opened(pipe)) is None:
        reading.join(SECONDS_BETWEEN_LOOKS)
        if not reading.is_alive():
            return
    with os.fdopen(descriptor, "wb") as to, snapshot.connection.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy:
                for piece in counter.of(copy):
                    to.write(piece)
        except BrokenPipeError:
            reading.join()


def _end(reading: DuckdbThread, pipe: Path) -> None:
    """Waits for the end of the reading. DuckDB that still waits for a writer meets an empty pipe."""
    while reading.is_alive():
        if (descriptor := _opened(pipe)) is not None:
            os.close(descriptor)
        reading.join(SECONDS_BETWEEN_LOOKS)


def _opened(pipe: Path) -> int | None:
    """The pipe for writing; None while nobody reads it, where an ordinary opening would wait for ever."""
    try:
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise
    os.set_blocking(descriptor, True)
    return descriptor


def _spill_folder(file: Path) -> Path:
    return file.with_name(f"{file.name}.spilled")


def _settings(file: Path) -> dict[str, str]:
    """DuckDB looks for no extension anywhere. A second thread would keep what it may not write before the first."""
    return {
        "memory_limit": _MEMORY,
        "temp_directory": str(_spill_folder(file)),
        "threads": "1",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def _copy_statement(pipe: Path, file: Path, table: ExportedTable) -> str:
    columns = ", ".join(
        f"{_quoted(column.name)}: {_quoted('VARCHAR' if is_list(column) else _TYPES[column.type.name])}"
        for column in table.columns
    )
    values = ", ".join(
        f"""from_json("{column.name}", '["{_LISTED[column.type.name]}"]') as "{column.name}\""""
        if is_list(column)
        else f'"{column.name}"'
        for column in table.columns
    )
    parts = {
        "values": values,
        "pipe": _quoted(str(pipe)),
        "longest_line": str(_LONGEST_LINE),
        "columns": f"{{{columns}}}",
        "file": _quoted(str(file)),
        "rows_of_a_group": str(_ROWS_OF_A_GROUP),
    }
    return _SQL["parquet"].composed(**{name: sql.SQL(text) for name, text in parts.items()}).as_string()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
