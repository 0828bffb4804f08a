"""The reject file: the rows that were not recorded, each with its line, the reason and the original text."""

import csv
import fcntl
import glob
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Self

from api.importing.rows import Rejected
from api.spreadsheet_text import inert

COLUMNS = ("line", "reason", "row")
UNFINISHED = ".unfinished"
InWords = Callable[[str], str]
"""A text of the program as people read it."""


class RejectFile:
    """A CSV file of line, reason and row, whose texts no spreadsheet evaluates. It replaces that of an earlier import.

    The file is written beside its path and moved there at the end of the import, if any row was rejected. An import
    that fails leaves the earlier file. Raises OSError when the path cannot be written or holds another kind of file.
    """

    def __init__(self, path: Path, in_words: InWords = str) -> None:
        self._path = path.resolve()
        self._in_words = in_words
        _check(self._path)
        _remove_leftovers(self._path)
        self._file = NamedTemporaryFile(  # noqa: SIM115 -- as long as the import
            "w",
            encoding="utf-8",
            errors="surrogateescape",  # bytes that are not in the encoding of the source file stay as they are
            newline="",
            dir=self._path.parent,
            prefix=f"{self._path.name}.",
            suffix=UNFINISHED,
            delete=False,
        )
        fcntl.flock(self._file, fcntl.LOCK_EX)  # held as long as the import runs
        self._unfinished = Path(self._file.name)
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._file.close()
        if kind is None and self.count:
            self._unfinished.replace(self._path)
            return
        self._unfinished.unlink()
        if kind is None:
            self._path.unlink(missing_ok=True)

    def add(self, rejected: Rejected) -> None:
        """Adds a row."""
        reason = self._in_words(rejected.reason)
        self._writer.writerow([rejected.line, inert(reason), inert(rejected.text.rstrip("\r\n"))])
        self.count += 1


def _remove_leftovers(path: Path) -> None:
    """Removes the unfinished files of killed imports, which no process has locked."""
    for unfinished in path.parent.glob(f"{glob.escape(path.name)}.*{UNFINISHED}"):
        with suppress(OSError), unfinished.open("rb") as file:  # locked, removed, or of another user
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unfinished.unlink()


def _check(path: Path) -> None:
    """Raises OSError unless the path is free or holds a reject file."""
    if not path.exists():
        return
    if not path.is_file():
        raise FileExistsError(f"{path.name} is no file")
    begins = ",".join(COLUMNS).encode()
    with path.open("rb") as file:
        if file.read(len(begins)) not in {b"", begins}:
            raise FileExistsError(f"{path.name} holds something else than rejected rows")
