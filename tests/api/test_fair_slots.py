"""Heavy readings of one tenant leave room for those of another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Condition, Lock, Semaphore

import pytest

from api.http import fair_slots
from api.http.fair_slots import FairSlots, SlotsTaken

WAITS = Semaphore(0)
"""Released each time that a caller begins to wait."""


class NotedCondition(Condition):
    """A condition that notes when somebody waits for it. The waiter holds its lock until it does."""

    def wait(self, timeout: float | None = None) -> bool:
        """Notes it, and waits."""
        WAITS.release()
        return super().wait(timeout)


@pytest.fixture(autouse=True)
def noted_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slots of a test note who waits for them."""
    monkeypatch.setattr(fair_slots, "Condition", NotedCondition)
    while WAITS.acquire(blocking=False):
        pass


def test_one_tenant_never_holds_all_slots() -> None:
    slots = FairSlots("readings", total=2, each=1)
    with slots.slot("a", 0):
        with pytest.raises(SlotsTaken):
            slots.acquire("a", 0)
        with slots.slot("b", 0), pytest.raises(SlotsTaken):
            slots.acquire("c", 0)
    with slots.slot("a", 0):
        pass


def test_a_free_slot_goes_to_the_tenant_that_holds_the_fewest() -> None:
    slots = FairSlots("readings", total=3, each=2)
    order: list[str] = []
    slots.acquire("a", 0)
    slots.acquire("b", 0)
    slots.acquire("c", 0)

    def take(tenant: str) -> None:
        slots.acquire(tenant, 60)
        order.append(tenant)

    with ThreadPoolExecutor(2) as pool:
        greedy = pool.submit(take, "a")
        assert WAITS.acquire(timeout=60)
        modest = pool.submit(take, "d")
        assert WAITS.acquire(timeout=60)
        slots.release("c")
        modest.result(60)
        assert order == ["d"]
        slots.release("b")
        greedy.result(60)


def test_too_many_waiters_of_one_tenant_are_refused_at_once() -> None:
    slots = FairSlots("readings", total=1, each=1, waiting=1)
    slots.acquire("a", 0)
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(slots.acquire, "a", 60)
        assert WAITS.acquire(timeout=60)
        with pytest.raises(SlotsTaken):
            slots.acquire("a", 1)
        assert not WAITS.acquire(blocking=False)
        slots.release("a")
        waiter.result(60)


def test_the_bounds_hold_under_many_threads() -> None:
    slots, now, most, guard = FairSlots("readings", total=3, each=2, waiting=100), {"a": 0, "b": 0}, [0, 0], Lock()
    start = Barrier(12)

    def work(tenant: str) -> None:
        start.wait()
        for _ in range(200):
            with slots.slot(tenant, 60):
                with guard:
                    now[tenant] += 1
                    most[0] = max(most[0], sum(now.values()))
                    most[1] = max(most[1], *now.values())
                with guard:
                    now[tenant] -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, ["a", "b"] * 6))
    assert most[0] <= 3
    assert most[1] <= 2
    for tenant in ("a", "a", "b"):
        slots.acquire(tenant, 0)  # all of them are free again
