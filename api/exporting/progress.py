"""How far an export is."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

SHOWN_EVERY = 10_000
"""Items between two reports."""
Progress = Callable[[str, int], None]
"""Called with a phase and how much of it is done."""
Item = TypeVar("Item")


class Counter:
    """Counts what passes through it, and reports the total of its phase."""

    def __init__(self, phase: str, progress: Progress) -> None:
        self._phase, self._progress = phase, progress
        self.total = 0

    def of(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, each counted when it is taken."""
        for item in items:
            self.total += 1
            if self.total % SHOWN_EVERY == 0:
                self._progress(self._phase, self.total)
            yield item
        self._progress(self._phase, self.total)

    def add(self, number: int) -> None:
        """Counts items that pass elsewhere."""
        self.total += number
        self._progress(self._phase, self.total)
