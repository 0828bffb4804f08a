"""A process rests after each turn of work while the server that started it is busy with other work."""

import time
from collections.abc import Callable
from ctypes import c_bool, c_double
from multiprocessing.sharedctypes import RawValue
from typing import Never

import anyio

from api.http.key_pace import SHARE

TURN_SECONDS = 0.001
"""Of processor time."""
LOOK_SECONDS = 0.1


class Rests:
    """Shared with a process: whether the server is busy, and how long the process has rested."""

    def __init__(self, *, is_busy: bool) -> None:
        self._is_busy = RawValue(c_bool, is_busy)
        self._rested = RawValue(c_double, 0.0)
        self._used = 0.0

    @property
    def seconds(self) -> float:
        """How long the process has rested."""
        return float(self._rested.value)

    async def watch(self, is_busy: Callable[[], bool]) -> Never:
        """Tells the process for ever whether the server is busy."""
        while True:
            self._is_busy.value = is_busy()
            await anyio.sleep(LOOK_SECONDS)

    def rest(self) -> None:
        """Rests when a turn of this process is over: beside a busy server it works for SHARE of the time."""
        turn = time.process_time() - self._used
        if not self._is_busy.value:
            self._used += turn
        elif turn > TURN_SECONDS:
            seconds = turn * (1 / SHARE - 1)
            time.sleep(seconds)
            self._rested.value += seconds
            self._used += turn
