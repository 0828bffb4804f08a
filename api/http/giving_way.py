"""Readings of the past give way to the event loop, which answers everybody else."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from api.http.fair_slots import SlotsTaken
from api.http.panel_pace import BUSY, SHARE_BESIDE_WORK

LOOK_SECONDS = 0.5
LONGEST_REST = 10.0
"""Seconds after which a reading may begin, whatever those before have cost."""


class GivingWay:
    """Lets readings take a tenth of the process's time while the event loop is busy, and all of it otherwise.

    ``clock`` gives the time, ``used`` the processor time of the present thread, ``used_by_all`` that of the process,
    ``sleep`` lets time pass.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.thread_time,
        used_by_all: Callable[[], float] = time.process_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._used, self._used_by_all, self._sleep = clock, used, used_by_all, sleep
        self._share = 0.0
        self._free_at = 0.0
        self._lock = Lock()

    async def watch(self) -> None:
        """Looks for ever how busy the event loop is that runs it."""
        while True:
            at, used, by_all = self._clock(), self._used(), self._used_by_all()
            await asyncio.sleep(LOOK_SECONDS)
            used, by_all = self._used() - used, self._used_by_all() - by_all
            self.note(used, by_all - used, self._clock() - at)

    def note(self, used: float, used_by_others: float, passed: float) -> None:
        """Takes note of the processor time of the event loop and of all other threads in the last seconds.

        Others who take much of the time leave the event loop less than it wants: it counts as no less busy than before.
        """
        share = used / passed if passed > 0 else 0.0
        self._share = max(share, self._share) if used_by_others > BUSY * passed else share

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """A reading in this thread, begun when those before have had their share. Raises SlotsTaken."""
        rest = self._free_at - self._clock() if self._share > BUSY else 0.0
        if rest > patience:
            raise SlotsTaken("readings of the past give way to other work; try again")
        self._sleep(max(0.0, rest))
        began, used = self._clock(), self._used()
        try:
            yield
        finally:
            cost = self._used() - used
            if self._share > BUSY:
                with self._lock:
                    free_at = max(self._free_at, began) + cost / SHARE_BESIDE_WORK
                    self._free_at = min(free_at, self._clock() + LONGEST_REST)
