"""Whoever waits to read the past leaves threads to other readings, whatever number of keys a tenant has."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from threading import Event, Semaphore

import pytest

from api.api_keys import Principal
from api.http.fair_slots import SlotsTaken
from api.http.key_pace import CREDIT, KeyPace
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


def caller(tenant: str, key: int) -> Principal:
    return Principal(tenant, str(key), Actor(id="lan", kind="agent"), frozenset(), acts_for_others=False)


def read(past: PastReadings, tenant: str, key: int) -> None:
    with past.turn(caller(tenant, key), LONG):
        pass


def is_refused(reading: AbstractContextManager[object]) -> bool:
    try:
        with reading:
            return False
    except SlotsTaken:
        return True


def test_a_tenant_has_two_of_three_turns_and_a_key_has_one() -> None:
    past = PastReadings()
    with past.turn(caller("many", 1), 0):
        assert is_refused(past.turn(caller("many", 1), 0))
        with past.turn(caller("many", 2), 0):
            assert is_refused(past.turn(caller("many", 3), 0))
            with past.turn(caller("another", 0), 0):
                assert is_refused(past.turn(caller("third", 0), 0))


def test_a_key_without_credit_reads_no_single_streams_either() -> None:
    past, now = PastReadings(), [0.0]
    past._pace = KeyPace(lambda: now[0])
    with past.paced(caller("many", 1), nullcontext("a snapshot")) as snapshot:
        now[0] += 2 * CREDIT
    assert snapshot == "a snapshot"
    assert is_refused(past.paced(caller("many", 1), nullcontext()))
    assert not is_refused(past.paced(caller("many", 2), nullcontext()))


def test_a_key_does_not_pay_for_its_wait_for_a_connection() -> None:
    past, now = PastReadings(), [0.0]
    past._pace = KeyPace(lambda: now[0])

    @contextmanager
    def late() -> Iterator[None]:
        now[0] += 2 * CREDIT
        yield

    with past.paced(caller("many", 1), late()):
        pass
    assert not is_refused(past.paced(caller("many", 1), nullcontext()))


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
