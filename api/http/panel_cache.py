"""The HTML of panels that every visitor sees alike, made once for all who have the page open."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

SHARE_OF_TIME = 0.3
"""The share of the process's time that making panels anew may take: in between, the cache rests accordingly."""
LONGEST_REST = 2.0
FRESH_SECONDS = 15.0
"""What depends on the present is made anew after so long, though nothing was recorded."""
KEPT_SECONDS = 60.0
"""How long HTML is held at most: it may name an erased person."""
MOST_CHARACTERS = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """The HTML of panels by their names, read from one snapshot at ``position``; ``at`` is its present."""

    position: int
    at: datetime
    html: Mapping[str, Markup]

    @property
    def size(self) -> int:
        """How many characters it holds."""
        return sum(map(len, self.html.values()))


Make = Callable[[Collection[str]], Shown]
"""Reads and renders the panels of these names; it runs in a thread."""


class _Making:
    """A reading that visitors wait for: of which panels, and whether it may still rest."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = set(names)
        self.hurried = asyncio.Event()
        self.begun = False


class _Kept(NamedTuple):
    """What was made, when by the process's clock, how long it took in seconds, and the timer of its end."""

    shown: Shown
    began: float
    took: float
    end: asyncio.TimerHandle


class PanelCache:
    """What was made last for each page, until it is old or memory is short.

    Visitors who ask for the same page share one reading. Those who can wait leave time between two readings.
    """

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self.size = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._makings: dict[Hashable, tuple[_Making, asyncio.Task[_Kept]]] = {}
        self._free_at = 0.0
        self._last = 0.0

    async def get(
        self, key: Hashable, names: Collection[str], is_current: Callable[[Shown], bool], make: Make, *, at_once: bool
    ) -> Shown:
        """The panels, made anew unless those that are kept are current; ``at_once``: without a rest before that.

        What is being made for others may have begun before the request: then it is made once more.
        """
        asked, wanted = time.monotonic(), set(names)

        def serves(kept: _Kept) -> bool:
            if not kept.shown.html.keys() >= wanted:
                return False
            return kept.began >= asked or (asked - kept.began < FRESH_SECONDS and is_current(kept.shown))

        kept = self._kept.get(key)
        while kept is None or not serves(kept):
            kept = await self._made(key, wanted, make, at_once=at_once or kept is None)
        return kept.shown

    async def _made(self, key: Hashable, names: set[str], make: Make, *, at_once: bool) -> _Kept:
        if key not in self._makings:
            kept = self._kept.get(key)
            making = _Making([*names, *(kept.shown.html if kept else ())])
            self._makings[key] = making, asyncio.create_task(self._make(key, making, make))
        making, task = self._makings[key]
        if not making.begun:
            making.names |= names
        if at_once:
            making.hurried.set()
        return await asyncio.shield(task)

    @asynccontextmanager
    async def turn(self, hurried: asyncio.Event | None = None, expected: float | None = None) -> AsyncIterator[float]:
        """A reading for an open page, begun when those before have had their share of the time; its beginning.

        ``expected`` seconds are what it will probably take; None: as long as the last one. ``hurried``: it waits no
        longer.
        """
        await self._rest(hurried or asyncio.Event())
        began = time.monotonic()
        self._free_at = max(self._free_at, began + (self._last if expected is None else expected) / SHARE_OF_TIME)
        try:
            yield began
        finally:
            self._last = time.monotonic() - began
            self._free_at = max(self._free_at, began + self._last / SHARE_OF_TIME)

    async def _make(self, key: Hashable, making: _Making, make: Make) -> _Kept:
        try:
            expected = self._kept[key].took if key in self._kept else 0.0
            async with self.turn(making.hurried, expected) as began:
                making.begun = True
                shown = await run_in_threadpool(make, frozenset(making.names))
            return self._keep(key, shown, began, time.monotonic() - began)
        finally:
            del self._makings[key]

    async def _rest(self, hurried: asyncio.Event) -> None:
        """Waits until the readings before have had their share of the time."""
        end = time.monotonic() + LONGEST_REST
        while not hurried.is_set() and (rest := min(self._free_at, end) - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(hurried.wait(), rest)

    def _keep(self, key: Hashable, shown: Shown, began: float, took: float) -> _Kept:
        self._forget(key)
        end = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget, key)
        kept = self._kept[key] = _Kept(shown, began, took, end)
        self.size += shown.size
        while self.size > self._most:
            self._forget(next(iter(self._kept)))
        return kept

    def _forget(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            kept.end.cancel()
            self.size -= kept.shown.size
