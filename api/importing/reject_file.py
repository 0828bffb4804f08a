"""The rows that became no event, each with its line, the reason and its original text."""

import csv
import fcntl
import glob
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Self

from api.importing.rows import Rejected
from api.spreadsheet_text import inert

COLUMNS = ("line", "reason", "row")
UNFINISHED = ".unfinished"


class RejectFile:
    """A CSV file of line, reason and row, in the place of that of the import before; none when nothing was rejected.

    Its texts are inert to spreadsheets.
    It is written beside its place and put there when the import has ended; one that fails leaves what was there. Raises
    OSError for a place that cannot be written or holds something else than such a list.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        _check(self._path)
        _remove_what_killed_imports_left(self._path)
        self._file = NamedTemporaryFile(  # noqa: SIM115 -- as long as the import
            "w",
            encoding="utf-8",
            errors="surrogateescape",  # a byte that is not in the encoding of the import's file goes back as it came
            newline="",
            dir=self._path.parent,
            prefix=f"{self._path.name}.",
            suffix=UNFINISHED,
            delete=False,
        )
        fcntl.flock(self._file, fcntl.LOCK_EX)  # while the import lives
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
        """One more."""
        self._writer.writerow([rejected.line, inert(rejected.reason), inert(rejected.text.rstrip("\r\n"))])
        self.count += 1


def _remove_what_killed_imports_left(place: Path) -> None:
    """Removes unfinished lists of this place that nobody writes any more."""
    for left in place.parent.glob(f"{glob.escape(place.name)}.*{UNFINISHED}"):
        with suppress(OSError), left.open("rb") as file:  # locked, gone, or of somebody else
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _check(place: Path) -> None:
    """Whether nothing is lost when a list of rejected rows takes the place. Raises OSError."""
    if not place.exists():
        return
    if not place.is_file():
        raise FileExistsError(f"{place.name} is no file")
    begins = ",".join(COLUMNS).encode()
    with place.open("rb") as file:
        if file.read(len(begins)) not in {b"", begins}:
            raise FileExistsError(f"{place.name} holds something else than rejected rows")
