"""Refusals for too much are held for a while: whoever asks again at once is not refused a thousand times a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable

HELD_SECONDS = 2.0
MOST_HELD = 256
"""Refusals that are held at once, fewer than the connections; those beyond are sent at once."""


class HeldRefusals:
    """Holds refusals until ``seconds`` after their requests began. They hold no thread meanwhile."""

    def __init__(
        self,
        seconds: float = HELD_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._held = 0

    async def hold(self, began: float) -> None:
        """Returns when the refusal of a request may be sent, which ``began`` then by the clock."""
        rest = began + self._seconds - self._clock()
        if rest <= 0 or self._held >= MOST_HELD:
            return
        self._held += 1
        try:
            await self._sleep(rest)
        finally:
            self._held -= 1
