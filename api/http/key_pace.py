"""Long readings of one key take a fourteenth of the time, beyond a credit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from threading import Lock

from api.http.fair_slots import SlotsTaken

SHARE = 1 / 14
"""Of the time. An eleventh makes others take a tenth longer: the rest of it is left for requests that are refused."""
SURROUNDING = 0.002
"""Seconds that each reading pays for what surrounds it: its request is parsed, and its answer written and sent."""
CREDIT = 120.0
"""Seconds of readings at once that a key has left when it has read little for half an hour."""


class KeyPace:
    """Holds the readings of a key up that has used its credit. ``clock`` gives the time, ``sleep`` lets it pass."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._paid_at: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, key: str, patience: float) -> None:
        """Waits until the key has credit, at most ``patience`` seconds. Raises SlotsTaken when it has none then.

        A refusal waits as well: else whoever asks again at once would be refused a thousand times a second.
        """
        pause = max(0.0, self._paid_at.get(key, 0.0) - CREDIT / SHARE - self._clock())
        self._sleep(min(pause, patience))
        if pause > patience:
            seconds = ceil(pause - patience)
            raise SlotsTaken(f"long readings have taken the time of this key; try again in {seconds} s", seconds)

    @contextmanager
    def charged(self, key: str) -> Iterator[None]:
        """A reading, whose time is charged to the key."""
        began = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            with self._lock:
                unpaid = {other: paid_at for other, paid_at in self._paid_at.items() if paid_at > began}
                self._paid_at = {**unpaid, key: unpaid.get(key, began) + (now - began + SURROUNDING) / SHARE}
