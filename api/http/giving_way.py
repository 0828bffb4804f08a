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

    ``clock`` gives the time, ``used`` the processor time of the present thread, ``sleep`` lets time pass.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.thread_time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._used, self._sleep = clock, used, sleep
        self._share = 0.0
        self._free_at = 0.0
        self._lock = Lock()

    async def watch(self) -> None:
        """Looks for ever how busy the event loop is that runs it."""
        while True:
            at, used = self._clock(), self._used()
            await asyncio.sleep(LOOK_SECONDS)
            self.note(self._used() - used, self._clock() - at)

    def note(self, used: float, passed: float) -> None:
        """Takes note of the event loop's processor time in the last seconds."""
        self._share = used / passed if passed > 0 else 0.0

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
            with self._lock:
                free_at = max(self._free_at, began) + cost / SHARE_BESIDE_WORK
                self._free_at = min(free_at, self._clock() + LONGEST_REST)
