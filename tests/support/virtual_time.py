"""An event loop whose clock stands nearly still while anything can go on, and then jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_LOOK = 1e-9
"""Seconds that pass with every look at the clock, so that who looks until an instant has come gets there."""


class _Jumping(selectors.SelectSelector):
    """Waits for no file: the time that it should wait has passed when it returns."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self.now += timeout or 0.0
        return ready


class VirtualTime(asyncio.SelectorEventLoop):
    """A loop for coroutines that wait for timers and for each other alone, not for threads or sockets."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the loop was made."""
        self._jumping.now += _LOOK
        return self._jumping.now


def run_in_virtual_time(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine returns; its waiting takes no time."""
    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        return runner.run(coroutine)
