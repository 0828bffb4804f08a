"""The HTML of panels that every visitor sees alike, made once for all who have the page open."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from api.http.panel_pace import BUSY, LONGEST_REST, ROUND_SECONDS, SHARE_BESIDE_WORK, SHARE_OF_TIME
from api.http.processor_share import ProcessorShare
from domain.tenant_settings import TenantSettings

FRESH_SECONDS = 15.0
"""What depends on the present is made anew after so long, though nothing was recorded."""
KEPT_SECONDS = 60.0
"""How long HTML is held at most: it may name an erased person."""
MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel as ``encoded`` HTML, read at ``position`` and written by ``settings``; ``at`` is the present then.

    It took ``seconds``.
    """

    encoded: bytes
    position: int
    at: datetime
    seconds: float
    settings: TenantSettings

    @property
    def html(self) -> Markup:
        """Its HTML."""
        return Markup(self.encoded.decode())  # noqa: S704 -- what rendering has escaped


@dataclass(frozen=True, slots=True)
class Shown:
    """Panels by their names. All are as of ``position`` or later; ``at`` and ``settings`` are those of the oldest."""

    position: int
    at: datetime
    settings: TenantSettings
    panels: Mapping[str, ShownPanel]


Make = Callable[[Collection[str]], Mapping[str, ShownPanel]]
"""Reads and renders the panels of these names from one snapshot; it runs in a thread."""


@dataclass
class Turn:
    """A reading that began at ``began``, by the process's clock. ``cost``: the seconds of its threads together."""

    began: float
    cost: float = 0.0


class _Making:
    """A reading that visitors wait for. ``names`` are the panels that it makes."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.hurried = asyncio.Event()
        self.begun = False


@dataclass(frozen=True, slots=True)
class _KeptPanel:
    """A panel that was made by a reading which began at ``began``, by the process's clock."""

    panel: ShownPanel
    began: float


@dataclass
class _KeptPage:
    """The panels of a page, when its last reading began, and the timer of its end."""

    panels: dict[str, _KeptPanel] = field(default_factory=dict)
    began: float = 0.0
    end: asyncio.TimerHandle | None = None

    @property
    def size(self) -> int:
        """The bytes of HTML that it holds."""
        return sum(len(kept.panel.encoded) for kept in self.panels.values())

    @property
    def seconds(self) -> float:
        """What making its panels took the last time."""
        return sum(kept.panel.seconds for kept in self.panels.values())

    def positions(self, names: Collection[str]) -> int:
        """At how many positions these panels are."""
        return len({self.panels[name].panel.position for name in names})

    def shown(self, names: Collection[str]) -> Shown:
        panels = {name: self.panels[name].panel for name in names}
        oldest = min(panels.values(), key=lambda panel: (panel.position, panel.at))
        return Shown(oldest.position, oldest.at, oldest.settings, panels)


class PanelCache:
    """What was made last for each page, until it is old or memory is short.

    Visitors who ask for the same page share one reading. Those who can wait leave time between two readings.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Hashable, _KeptPage] = OrderedDict()
        self._makings: dict[Hashable, tuple[_Making, asyncio.Task[_KeptPage]]] = {}
        self._free_at = 0.0
        self._free_of_work_at = 0.0
        self._last = 0.0
        self._other_work = ProcessorShare()

    async def get(
        self,
        key: Hashable,
        names: Collection[str],
        is_current: Callable[[ShownPanel], bool],
        make: Make,
        *,
        at_once: bool,
    ) -> Shown:
        """The panels, made anew unless those that are kept are current.

        ``at_once``: without a rest, and all as of one position. What is being made for others may have begun before the
        request: then there is one more reading.
        """
        began, wanted = time.monotonic(), set(names)

        def is_current_since(kept: _KeptPanel | None) -> bool:
            if kept is None:
                return False
            return kept.began >= began or (began - kept.began < FRESH_SECONDS and is_current(kept.panel))

        page = self._kept.get(key, _KeptPage())
        while True:
            old = {name for name in wanted if not is_current_since(page.panels.get(name))}
            if not old and not (at_once and page.positions(wanted) > 1):
                return page.shown(names)
            hurries = at_once or not page.panels
            page = await self._made(key, wanted if at_once else old, make, hurries=hurries)

    async def _made(self, key: Hashable, names: set[str], make: Make, *, hurries: bool) -> _KeptPage:
        if key not in self._makings:
            making = _Making()
            self._makings[key] = making, asyncio.create_task(self._make(key, making, make))
        making, task = self._makings[key]
        if not making.begun:
            making.names |= names
        if hurries:
            making.hurried.set()
        return await asyncio.shield(task)

    @asynccontextmanager
    async def turn(
        self, hurried: asyncio.Event | None = None, expected: float | None = None, not_before: float = 0.0
    ) -> AsyncIterator[Turn]:
        """A reading for an open page, begun when those before have had their share of the time.

        ``expected`` seconds are what it will probably take; None: as long as the last one. It begins at ``not_before``
        of the process's clock at the earliest. ``hurried``: it waits no longer.
        """
        await self._rest(hurried or asyncio.Event(), not_before)
        turn = Turn(time.monotonic())
        self._free_at = max(self._free_at, turn.began + (self._last if expected is None else expected) / SHARE_OF_TIME)
        try:
            yield turn
        finally:
            self._last = max(time.monotonic() - turn.began, turn.cost)
            self._free_at = max(self._free_at, turn.began + self._last / SHARE_OF_TIME)
            self._free_of_work_at = max(self._free_of_work_at, turn.began + self._last / SHARE_BESIDE_WORK)
            self._other_work.begin()

    async def _make(self, key: Hashable, making: _Making, make: Make) -> _KeptPage:
        try:
            before = self._kept.get(key, _KeptPage())
            async with self.turn(making.hurried, before.seconds, before.began + ROUND_SECONDS) as turn:
                making.begun = True
                made = await run_in_threadpool(make, making.names)
                turn.cost = sum(panel.seconds for panel in made.values())
            kept = {name: _KeptPanel(panel, turn.began) for name, panel in made.items()}
            return self._keep(key, kept, turn.began)
        finally:
            del self._makings[key]

    async def _rest(self, hurried: asyncio.Event, not_before: float) -> None:
        """Waits until ``not_before``, and until the readings before have had their share of the time.

        While the process is busy with other work, that share is smaller.
        """
        end = time.monotonic() + LONGEST_REST
        await _wait(hurried, lambda: min(max(self._free_at, not_before), end))
        if self._other_work.share > BUSY:
            await _wait(hurried, lambda: min(self._free_of_work_at, end))

    def _keep(self, key: Hashable, made: Mapping[str, _KeptPanel], began: float) -> _KeptPage:
        before = self._forget(key)
        others = {} if before is None else before.panels
        fresh = {name: kept for name, kept in others.items() if began - kept.began < FRESH_SECONDS}
        page = _KeptPage({**fresh, **made}, began)
        oldest = min(kept.began for kept in page.panels.values())
        loop = asyncio.get_running_loop()
        page.end = loop.call_later(oldest + KEPT_SECONDS - time.monotonic(), self._forget, key)
        self._kept[key] = page
        self._size += page.size
        while self._size > self._most:
            self._forget(next(iter(self._kept)))
        return page

    def _forget(self, key: Hashable) -> _KeptPage | None:
        page = self._kept.pop(key, None)
        if page is not None:
            if page.end is not None:
                page.end.cancel()
            self._size -= page.size
        return page


async def _wait(hurried: asyncio.Event, until: Callable[[], float]) -> None:
    """Waits until an instant of the process's clock, which may move meanwhile."""
    while not hurried.is_set() and (rest := until() - time.monotonic()) > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(hurried.wait(), rest)
