"""What is made of published events, kept for those that were used last."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from domain.envelope import RecordedEvent

History = TypeVar("History")


class KeptHistories(Generic[History]):
    """The histories that ``make`` gives of published events, at most ``most``, those used last. Threads may share it.

    The same events give the same history while it is kept.
    """

    def __init__(self, make: Callable[[Sequence[RecordedEvent]], History], most: int = 16) -> None:
        self._make = make
        self._most = most
        self._of_nothing = make(())
        self._kept: OrderedDict[tuple[str, ...], History] = OrderedDict()
        self._lock = Lock()

    def of(self, events: Sequence[RecordedEvent]) -> History:
        """The history of some published events."""
        if not events:
            return self._of_nothing
        ids = tuple([event.envelope.event_id for event in events])
        with self._lock:
            kept = self._kept.get(ids)
            if kept is not None:
                self._kept.move_to_end(ids)
                return kept
        made = self._make(events)
        with self._lock:
            self._kept[ids] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
