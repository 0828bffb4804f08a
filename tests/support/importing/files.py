"""Files of any format, written by tests and read back as tables."""

from pathlib import Path
from typing import Any, NamedTuple

from api.importing.file_format import FileFormat
from api.importing.readers.table import opened_table
from api.importing.rows import Row


class Read(NamedTuple):
    """A table with all its rows."""

    header: list[str]
    read_as: str
    rows: list[Row]

    @property
    def cells(self) -> list[list[str]]:
        """Those of the rows without a flaw."""
        return [row.cells for row in self.rows if row.flaw is None]

    @property
    def flaws(self) -> dict[int, str]:
        """What is wrong, by line."""
        return {row.line: row.flaw for row in self.rows if row.flaw is not None}


def read(path: Path, content: bytes | str | None = None, **form: Any) -> Read:
    """Writes the content to the path, if there is any, and reads the file."""
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with opened_table(path, FileFormat(**form)) as table:
        return Read(table.header, table.read_as, list(table.rows))
