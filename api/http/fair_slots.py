"""A few slots for heavy readings, shared fairly between their holders: tenants or keys."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

from domain.errors import LedgerError


class SlotsTaken(LedgerError):  # noqa: N818 -- an answer, not a defect
    """No slot came free in time, too many wait already, or others have had less. ``seconds``: when to try again."""

    kind = "overloaded"

    def __init__(self, sentence: str, seconds: int = 1) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class FairSlots:
    """At most ``total`` slots, at most ``each`` of one holder, at most ``waiting`` waiters of one holder.

    A free slot goes to a waiter whose holder has the fewest. ``work`` names what is done in a slot, in the plural.
    """

    def __init__(self, work: str, *, total: int, each: int, waiting: int = 4) -> None:
        self._work = work
        self._total, self._each, self._most_waiting = total, each, waiting
        self._held: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def slot(self, holder: str, patience: float) -> Iterator[None]:
        """A slot, waited for at most ``patience`` seconds. Raises SlotsTaken."""
        self.acquire(holder, patience)
        try:
            yield
        finally:
            self.release(holder)

    def acquire(self, holder: str, patience: float) -> None:
        """Takes a slot, to be released by the same caller. Raises SlotsTaken."""
        with self._changed:
            if self._waiting[holder] >= self._most_waiting:
                raise self._taken()
            self._waiting[holder] += 1
            try:
                end = monotonic() + patience
                while not self._is_next(holder):
                    if not self._changed.wait(max(0.0, end - monotonic())) and not self._is_next(holder):
                        raise self._taken()
                self._held[holder] += 1
            finally:
                self._waiting[holder] -= 1
                self._changed.notify_all()

    def release(self, holder: str) -> None:
        """Releases a slot."""
        with self._changed:
            self._held[holder] -= 1
            self._held += Counter()  # forgets those that hold nothing
            self._waiting += Counter()
            self._changed.notify_all()

    def _taken(self) -> SlotsTaken:
        return SlotsTaken(f"other {self._work} are under way; try again")

    def _is_next(self, holder: str) -> bool:
        held = self._held[holder]
        if self._held.total() >= self._total or held >= self._each:
            return False
        return all(held <= self._held[other] for other, waiters in self._waiting.items() if waiters)
