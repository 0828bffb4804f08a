"""Freed memory goes back to the system: after a burst the C library would keep it."""

import asyncio
import ctypes
import gc
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

LOOK_SECONDS = 5.0
GROWN_BY = 64.0
"""The MiB that a process must have grown since it last gave memory back."""
AGAIN = 4
_ARENA_MAX, _ARENAS = -8, 2


@asynccontextmanager
async def giving_back() -> AsyncIterator[None]:
    """While the block lasts, memory is given back some seconds after a burst."""
    task = asyncio.create_task(_look())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def bound_arenas() -> None:
    """Lets threads share two heaps; each of its own would keep what its largest answer took."""
    if (set_option := _of_libc("mallopt")) is not None:
        set_option(_ARENA_MAX, _ARENAS)


def begin_giving_back(stop: threading.Event) -> threading.Thread:
    """Has a thread give memory back some seconds after each burst, until ``stop`` is set."""
    bound_arenas()
    thread = threading.Thread(target=_look_until, args=[stop], name="free memory", daemon=True)
    thread.start()
    return thread


def _look_until(stop: threading.Event) -> None:
    trimmer = _trimmer()
    while trimmer is not None and not stop.wait(LOOK_SECONDS):
        trimmer.look()


class Trimmer:
    """Trims when the process has grown. ``resident`` returns its MiB in memory."""

    def __init__(self, resident: Callable[[], float], trim: Callable[[], object]) -> None:
        self._resident = resident
        self._trim = trim
        self._least = resident()
        self._looks_until_again = 0

    def look(self) -> None:
        """Gives free memory back when the process is GROWN_BY larger than it was after the last time.

        It does so once more AGAIN looks later: what was in use the first time may be free by then.
        """
        has_grown = self._resident() > self._least + GROWN_BY
        is_due_again = self._looks_until_again == 1
        self._looks_until_again = AGAIN if has_grown else max(0, self._looks_until_again - 1)
        if has_grown or is_due_again:
            self._trim()
            self._least = self._resident()
        self._least = min(self._least, self._resident())


async def _look() -> None:
    trimmer = _trimmer()
    while trimmer is not None:
        await asyncio.sleep(LOOK_SECONDS)
        await asyncio.to_thread(trimmer.look)


def _trimmer() -> Trimmer | None:
    """The trimmer of this process, None where the system has no such function."""
    trim = _of_libc("malloc_trim")
    if trim is None or not Path("/proc/self/statm").exists():
        return None
    return Trimmer(resident, partial(give_back, trim))


def give_back(trim: Callable[..., object]) -> None:
    """Frees what readings left in cycles, such as the traceback of a refused one, which hold whole histories."""
    gc.collect()
    trim(0)


def _of_libc(name: str) -> Callable[..., object] | None:
    """A function of the C library, None when it has none of that name."""
    function: Callable[..., object] | None = getattr(ctypes.CDLL(None), name, None)
    return function


def resident() -> float:
    """The MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
