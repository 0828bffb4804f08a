"""The rows that became no event, each with its line, the reason and its original text."""

import csv
from pathlib import Path

from api.importing.rows import Rejected


class Rejects:
    """A CSV file of line, reason and row. It is made anew by each import, and removed when there is nothing to tell."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # A byte that is not in the encoding of the import's file goes back as it came.
        self._file = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["line", "reason", "row"])
        self.count = 0

    def add(self, rejected: Rejected) -> None:
        """One more."""
        self._writer.writerow([rejected.line, rejected.reason, rejected.text.rstrip("\r\n")])
        self.count += 1

    def close(self) -> None:
        """Leaves the file behind when it holds anything."""
        self._file.close()
        if not self.count:
            self._path.unlink(missing_ok=True)
