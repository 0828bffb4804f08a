"""How long after a change open pages show it: the pages ask as `live.js` does, and a reading takes a known time."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import quantiles
from types import SimpleNamespace

import pytest

from api.http import panel_cache, panel_pace, processor_share
from api.http.moves import Moves
from api.http.panel_cache import PanelCache, ShownPanel
from domain.tenant_settings import TenantSettings
from tests.support.virtual_time import run_in_virtual_time

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
SPACING = 0.6
"""As in `live.js`."""
PAGES, SECONDS = 20, 20.0


def shows(position: int, panel: ShownPanel) -> bool:
    return panel.position >= position


def p99(late: Sequence[float]) -> float:
    """The seconds within which all but a hundredth of the changes were shown."""
    return quantiles(late, n=100)[-1]


class Desk:
    """A page of a log to which events are appended. ``cost`` are the seconds that a reading takes.

    ``late`` is after how many seconds changes were shown.
    """

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.position = self.known = 0
        self.late: list[float] = []
        self.began: list[float] = []
        self._recorded: list[float] = []
        self._cache = PanelCache()
        self._moved, self._heard = asyncio.Event(), asyncio.Event()

    async def record(self, pause: float) -> None:
        """Appends an event after each pause of so many seconds."""
        while True:
            await asyncio.sleep(pause)
            self.position += 1
            self._recorded.append(asyncio.get_running_loop().time())
            self._moved.set()

    async def tell(self) -> None:
        """Tells all pages the newest position, not more often than `Moves` does."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            self.known = self.position
            self._heard.set()
            self._heard = asyncio.Event()
            await asyncio.sleep(Moves.shortest_rest)

    async def page(self) -> None:
        """An open page: it asks when it is behind, not more often than SPACING, and notes when it shows what."""
        now, shown, requested_at = asyncio.get_running_loop().time, self.known, -SPACING
        while True:
            while shown >= self.known:
                await self._heard.wait()
            await asyncio.sleep(max(0.0, requested_at + SPACING - now()))
            requested_at, reached = now(), self.position
            answer = await self._cache.get("desk", ["late"], partial(shows, reached), self._make, at_once=False)
            self.late += [now() - at for at in self._recorded[shown : answer.position]]
            shown = answer.position

    async def read(self, make: Callable[[Collection[str]], object], names: Collection[str]) -> object:
        """In place of the thread of a reading: what it shows is of its beginning."""
        self.began.append(asyncio.get_running_loop().time())
        made = make(names)
        await asyncio.sleep(self.cost)
        return made

    def _make(self, names: Collection[str]) -> Mapping[str, ShownPanel]:
        return {name: ShownPanel(b"", self.position, NOON, self.cost, TenantSettings()) for name in names}


async def watched(desk: Desk, pause: float) -> None:
    """So many open pages for so long; they are loaded at different moments."""

    async def opened(number: int) -> None:
        await asyncio.sleep(number / PAGES)
        await desk.page()

    tasks = [asyncio.create_task(each) for each in (desk.record(pause), desk.tell(), *map(opened, range(PAGES)))]
    await asyncio.wait(tasks, timeout=SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def measured(monkeypatch: pytest.MonkeyPatch, cost: float, pause: float, busy: float = 0.0) -> Desk:
    """``busy``: the share of the time that the process needs for other work."""

    async def opened() -> Desk:
        desk = Desk(cost)
        monkeypatch.setattr(panel_cache, "run_in_threadpool", desk.read)
        await watched(desk, pause)
        return desk

    def now() -> float:
        return asyncio.get_running_loop().time()

    time = SimpleNamespace(monotonic=now, process_time=lambda: now() * busy)
    for module in (panel_cache, processor_share):
        monkeypatch.setattr(module, "time", time)
    return run_in_virtual_time(opened())


@pytest.mark.parametrize("cost", [0.05, 0.1, 0.2, 0.28])
@pytest.mark.parametrize("pause", [0.1, 0.37, 0.77, 1.43])
def test_a_change_is_shown_within_a_second(monkeypatch: pytest.MonkeyPatch, cost: float, pause: float) -> None:
    assert p99(measured(monkeypatch, cost, pause).late) < 1.0


def test_readings_out_of_step_with_the_pages_show_a_change_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why there are rounds: a page that asks just after a reading waits for the next one, and then for one more."""
    with_rounds = measured(monkeypatch, 0.2, 0.1)
    monkeypatch.setattr(panel_cache, "ROUND_SECONDS", 0.0)
    without = measured(monkeypatch, 0.2, 0.1)
    assert p99(with_rounds.late) < 1.0 < p99(without.late)
    assert len(with_rounds.began) < len(without.began)


@pytest.mark.parametrize(("cost", "late"), [(0.31, 1.1), (0.4, 1.4), (0.6, 2.1)])
def test_a_costly_page_is_read_in_its_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch, cost: float, late: float
) -> None:
    desk = measured(monkeypatch, cost, 0.1)
    assert p99(desk.late) < late
    assert cost * (len(desk.began) - 1) / SECONDS < panel_pace.SHARE_OF_TIME


def test_a_change_after_a_quiet_time_is_shown_as_soon_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = measured(monkeypatch, 0.2, 5.0)
    assert max(desk.late) == pytest.approx(0.2, abs=0.001)


def test_readings_take_a_small_share_of_the_time_while_the_process_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    cost = 0.08
    idle, busy = (measured(monkeypatch, cost, 0.1, each) for each in (panel_pace.BUSY - 0.05, panel_pace.BUSY + 0.05))
    assert p99(idle.late) < 1.0
    assert len(idle.began) > 2 * len(busy.began)
    assert cost * (len(busy.began) - 1) / SECONDS == pytest.approx(panel_pace.SHARE_BESIDE_WORK, rel=0.1)


def test_a_busy_process_shows_a_change_once_the_longest_rest_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = measured(monkeypatch, 0.28, 0.37, 1.0)
    assert max(desk.late) < panel_pace.LONGEST_REST + 0.28 + SPACING + Moves.shortest_rest
