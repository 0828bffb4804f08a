"""The lines of a text.

Those that a record took can be returned and read again.
"""

from collections import deque
from collections.abc import Iterator
from typing import TextIO

LARGEST_RECORD = 8 * 2**20
"""The most characters of a record or a line."""


class RecordTooLarge(Exception):  # noqa: N818 -- names what was met
    """The lines of one record are longer than LARGEST_RECORD."""


class Lines:
    """Iterates over the lines with their ends, and keeps those of the current record."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self.number = 1
        """The number of the first line of the current record."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._text.readline(LARGEST_RECORD)
        if not line:
            raise StopIteration
        self._taken.append(line)
        self._size += len(line)
        if self._size >= LARGEST_RECORD:
            raise RecordTooLarge
        return line

    def taken(self) -> list[str]:
        """The lines of the current record so far."""
        return self._taken

    def next_record(self, lines: int | None = None) -> None:
        """Ends the current record after its first ``lines`` lines (default: all); the others are read again."""
        kept = len(self._taken) if lines is None else lines
        self._returned.extendleft(reversed(self._taken[kept:]))
        self.number += kept
        self._taken = []
        self._size = 0
