"""The lines of a text, some of them more than once: what a record took can be given back."""

from collections import deque
from collections.abc import Iterator
from typing import TextIO

LARGEST_RECORD = 64 * 2**20
"""Characters; a record may have so many, and so may a line."""


class RecordTooLarge(Exception):  # noqa: N818 -- names what was met
    """The lines taken for one record are longer than LARGEST_RECORD."""


class Lines:
    """Iterates over the lines, with their ends, and remembers those that were taken for the current record."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._given_back: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self.number = 1
        """Of the first line of the current record."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._text.readline(LARGEST_RECORD)
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
        """Ends the current record after its first ``lines`` lines (default: all); the others come again."""
        kept = len(self._taken) if lines is None else lines
        self._given_back.extendleft(reversed(self._taken[kept:]))
        self.number += kept
        self._taken = []
        self._size = 0
