"""Panels that all visitors see alike are made once, take a share of the time, and are forgotten."""

import asyncio
import threading
from collections.abc import Collection, Coroutine, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from api.http import panel_cache
from api.http.panel_cache import PanelCache, ShownPanel
from domain.tenant_settings import TenantSettings

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOURS = 10_000.0


def shown(html: str, position: int) -> ShownPanel:
    return ShownPanel(html.encode(), position, NOON, 0.0, TenantSettings())


class Desk:
    """Makes panels that show the position of the log; ``gate`` holds the making up."""

    def __init__(self) -> None:
        self.position = 1
        self.made: list[set[str]] = []
        self.began = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def make(self, names: Collection[str]) -> Mapping[str, ShownPanel]:
        position = self.position
        self.made.append(set(names))
        self.began.set()
        assert self.gate.wait(60)
        return {name: shown(f"{name} {position}", position) for name in names}

    def is_current(self, panel: ShownPanel) -> bool:
        return panel.position >= self.position

    async def ask(self, cache: PanelCache, *names: str, at_once: bool = True, key: str = "desk") -> list[str]:
        shown = await cache.get(key, names, self.is_current, self.make, at_once=at_once)
        return [str(shown.panels[name].html) for name in names]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def turns(count: int = 5) -> None:
    """Lets all others that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 60))


def test_visitors_who_ask_at_once_share_one_reading(desk: Desk) -> None:
    async def fifty() -> None:
        cache = PanelCache()
        assert await asyncio.gather(*(desk.ask(cache, "late", "due") for _ in range(50))) == [["late 1", "due 1"]] * 50
        assert await desk.ask(cache, "due") == ["due 1"]
        assert desk.made == [{"late", "due"}]

    run(fifty())


def test_what_has_moved_is_made_anew(desk: Desk) -> None:
    async def twice() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        desk.position = 2
        assert await desk.ask(cache, "late", "due") == ["late 2", "due 2"]
        assert await desk.ask(cache, "late") == ["late 2"]
        assert desk.made == [{"late"}, {"late", "due"}]

    run(twice())


def test_a_reading_that_began_before_the_request_is_not_enough_when_something_was_recorded_since(desk: Desk) -> None:
    async def both() -> None:
        cache = PanelCache()
        desk.gate.clear()
        first = asyncio.create_task(desk.ask(cache, "late"))
        assert await asyncio.to_thread(desk.began.wait, 60)
        desk.position = 2
        second = asyncio.create_task(desk.ask(cache, "late"))
        await turns()
        desk.gate.set()
        assert await second == ["late 2"]
        await first

    run(both())


def test_a_log_that_never_rests_holds_nobody_up(desk: Desk) -> None:
    never = iter([False] * 3)

    async def once() -> None:
        await PanelCache().get("desk", ["late"], lambda _panel: next(never), desk.make, at_once=True)
        assert desk.made == [{"late"}]

    run(once())


def test_who_has_nothing_to_look_at_does_not_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "SHARE_OF_TIME", 1e-12)
    monkeypatch.setattr(panel_cache, "LONGEST_REST", HOURS)

    async def other_page() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        assert await desk.ask(cache, "late", at_once=False, key="tickets") == ["late 1"]

    run(other_page())


def test_time_makes_panels_old(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def old() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        monkeypatch.setattr(panel_cache, "FRESH_SECONDS", 0.0)
        await desk.ask(cache, "late")
        assert len(desk.made) == 2

    run(old())


def test_who_can_wait_leaves_time_and_who_cannot_hurries_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "SHARE_OF_TIME", 1e-12)
    monkeypatch.setattr(panel_cache, "LONGEST_REST", HOURS)

    async def waiting() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        desk.position = 2
        patient = asyncio.create_task(desk.ask(cache, "late", at_once=False))
        await turns(20)
        assert len(desk.made) == 1
        assert await desk.ask(cache, "late") == await patient == ["late 2"]
        assert len(desk.made) == 2

    run(waiting())


@pytest.mark.parametrize(("share", "cost"), [(1e-12, 0.0), (1.0, HOURS)])
def test_pages_of_one_visitor_leave_time_too(monkeypatch: pytest.MonkeyPatch, share: float, cost: float) -> None:
    monkeypatch.setattr(panel_cache, "SHARE_OF_TIME", share)
    monkeypatch.setattr(panel_cache, "LONGEST_REST", HOURS)
    begun: list[int] = []

    async def read(cache: PanelCache, number: int) -> None:
        async with cache.turn() as turn:
            begun.append(number)
            turn.cost = cost
            await asyncio.to_thread(lambda: None)

    async def two() -> None:
        cache = PanelCache()
        await read(cache, 1)
        second = asyncio.create_task(read(cache, 2))
        await turns(20)
        assert begun == [1]
        second.cancel()

    run(two())


def test_a_rest_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "SHARE_OF_TIME", 1e-12)
    monkeypatch.setattr(panel_cache, "LONGEST_REST", 0.0)

    async def waiting() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        desk.position = 2
        assert await desk.ask(cache, "late", at_once=False) == ["late 2"]

    run(waiting())


def test_a_failure_reaches_all_who_wait_and_is_not_kept(desk: Desk) -> None:
    def fail(_names: Collection[str]) -> Mapping[str, ShownPanel]:
        raise ConnectionError

    async def failing() -> None:
        cache = PanelCache()
        readings = (cache.get("desk", ["late"], desk.is_current, fail, at_once=True) for _ in range(3))
        assert {type(error) for error in await asyncio.gather(*readings, return_exceptions=True)} == {ConnectionError}
        assert await desk.ask(cache, "late") == ["late 1"]

    run(failing())


def test_memory_is_bounded_and_the_oldest_goes_first(desk: Desk) -> None:
    async def many() -> None:
        cache = PanelCache(most=18)
        for key in ("a", "b", "c", "d"):
            await desk.ask(cache, "late", key=key)
        made = len(desk.made)
        for kept in ("b", "c", "d"):
            await desk.ask(cache, "late", key=kept)
        assert len(desk.made) == made
        await desk.ask(cache, "late", key="a")
        assert len(desk.made) == made + 1

    run(many())


def test_what_is_larger_than_all_memory_is_answered_and_not_kept(desk: Desk) -> None:
    async def large() -> None:
        cache = PanelCache(most=1)
        assert await desk.ask(cache, "late") == ["late 1"]
        assert await desk.ask(cache, "late") == ["late 1"]
        assert desk.made == [{"late"}, {"late"}]

    run(large())


def test_html_is_not_kept_for_long_though_nobody_asks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "KEPT_SECONDS", 0.0)

    async def forgotten() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late")
        await turns()
        await desk.ask(cache, "late")
        assert desk.made == [{"late"}, {"late"}]

    run(forgotten())


def test_a_reading_makes_what_is_asked_for_and_nothing_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "LONGEST_REST", 0.0)

    async def moved() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late", "due", "within")
        desk.position = 2
        answers = await asyncio.gather(*(desk.ask(cache, name, at_once=False) for name in ("late", "due")))
        assert answers == [["late 2"], ["due 2"]]
        assert desk.made[1:] == [{"late", "due"}]

    run(moved())


def test_who_cannot_wait_gets_all_panels_of_one_position(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "LONGEST_REST", 0.0)

    async def moved() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late", "within")
        desk.position = 2
        await desk.ask(cache, "late", at_once=False)
        still_current = partial(cache.get, "desk", ["late", "within"], lambda _: True, desk.make)
        shown = await still_current(at_once=False)
        assert (shown.position, shown.panels["late"].position) == (1, 2)
        shown = await still_current(at_once=True)
        assert (shown.position, shown.panels["late"].position) == (2, 2)

    run(moved())


def test_a_panel_that_nobody_asks_for_is_not_kept_beside_newer_ones(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_cache, "LONGEST_REST", 0.0)

    async def moved() -> None:
        cache = PanelCache()
        await desk.ask(cache, "late", "within")
        with monkeypatch.context() as old:
            old.setattr(panel_cache, "FRESH_SECONDS", 0.0)
            await desk.ask(cache, "late", at_once=False)
        await desk.ask(cache, "within")
        assert desk.made == [{"late", "within"}, {"late"}, {"within"}]

    run(moved())
