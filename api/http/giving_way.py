"""Readings of the past give way to the event loop, which answers everybody else, and to those of other tenants."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import NamedTuple

from api.http.fair_slots import SlotsTaken
from api.http.key_pace import SHARE, SURROUNDING
from api.http.panel_pace import BUSY

LOOK_SECONDS = 0.5
LONGEST_REST = 10.0
"""Seconds after which a reading may begin, whatever those before have cost."""


class _LastReading(NamedTuple):
    """When the last reading of a tenant ended, and when its next one may begin."""

    ended: float
    free_at: float


class GivingWay:
    """Lets readings go on for SHARE of the time while the event loop is busy, and for all of it otherwise.

    The tenants that read in the last LONGEST_REST seconds have equal parts of it. ``clock`` gives the time, ``used``
    the processor time of the present thread, ``used_by_all`` that of the process, ``sleep`` lets time pass.
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
        self._last: dict[str, _LastReading] = {}
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

    @property
    def is_busy(self) -> bool:
        """Whether the event loop is busy."""
        return self._share > BUSY

    @contextmanager
    def turn(self, tenant: str, patience: float) -> Iterator[None]:
        """A reading in this thread, begun when those of its tenant before have had their share.

        Raises SlotsTaken after ``patience`` seconds when that is later.
        """
        last = self._last.get(tenant)
        rest = max(0.0, last.free_at - self._clock()) if last and self.is_busy else 0.0
        self._sleep(min(rest, patience))
        if rest > patience:
            raise SlotsTaken("readings of the past give way to other work; try again")
        began = self._clock()
        try:
            yield
        finally:
            if self.is_busy:
                with self._lock:
                    self._charge(tenant, began, self._clock())

    def _charge(self, tenant: str, began: float, now: float) -> None:
        """Charges the time of a reading, not its processor time: most of that is the database server's."""
        reading = {other: last for other, last in self._last.items() if now - last.ended < LONGEST_REST}
        before = reading.pop(tenant).free_at if tenant in reading else began
        share = SHARE / (len(reading) + 1)
        free_at = min(max(before, began) + (now - began + SURROUNDING) / share, now + LONGEST_REST)
        self._last = {**reading, tenant: _LastReading(now, free_at)}
