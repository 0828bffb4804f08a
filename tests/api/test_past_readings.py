"""Whoever waits to read the past leaves threads to other readings, whatever number of keys a tenant has."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event, Semaphore

import pytest

from api.api_keys import Principal
from api.http.fair_slots import SlotsTaken
from api.http.key_pace import KeyPace
from api.http.past_readings import MOST_OF_A_TENANT, PastReadings
from domain.command_context import Actor

KEYS, LONG = 50, 60.0


class HeldCallers:
    """Callers that wait for the credit of their keys until ``gate`` opens; ``waits`` counts them."""

    def __init__(self) -> None:
        self.gate, self.waits = Event(), Semaphore(0)

    def wait(self, _key: str, _patience: float) -> None:
        """Waits in place of the pace of keys."""
        self.waits.release()
        assert self.gate.wait(LONG)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldCallers]:
    """No key has credit."""
    callers = HeldCallers()
    monkeypatch.setattr(KeyPace, "wait", callers.wait)
    yield callers
    callers.gate.set()


def read(past: PastReadings, tenant: str, key: int) -> None:
    caller = Principal(tenant, str(key), Actor(id="lan", kind="agent"), frozenset(), acts_for_others=False)
    with past.turn(caller, LONG):
        pass


def test_a_tenant_with_many_keys_leaves_threads_and_turns_to_others(held: HeldCallers) -> None:
    past = PastReadings()
    with ThreadPoolExecutor(KEYS + 1) as pool:
        sent = [pool.submit(read, past, "many", key) for key in range(KEYS)]
        refused = list(islice(as_completed(sent, LONG / 2), KEYS - MOST_OF_A_TENANT - 1))
        assert all(isinstance(each.exception(), SlotsTaken) for each in refused)
        assert all(held.waits.acquire(timeout=LONG) for _ in range(MOST_OF_A_TENANT))
        assert not held.waits.acquire(blocking=False), "one more waits for them"
        another = pool.submit(read, past, "another", 0)
        assert held.waits.acquire(timeout=LONG)
        held.gate.set()
        another.result(LONG)
