"""Readings of one key leave connections, and room to wait for one, to other keys and other tenants."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from api.http import bounded_pool
from api.http.bounded_pool import LEFT_TO_OTHERS, BoundedPool, ConnectionHolder, nobody
from api.http.fair_slots import FairSlots
from api.http.problems import Problem
from domain.event_log.database_connections import READINGS

SIZE, WAITING, LONG = 8, 16, 60.0
HOSTILE, BESIDE, ELSEWHERE = ConnectionHolder("acme", "1"), ConnectionHolder("acme", "2"), ConnectionHolder("beta", "1")


class Connections:
    """Stands for psycopg's pool: it gives as many connections as are wanted."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    @staticmethod
    def check_connection(_connection: object) -> None:
        """Each of them is good."""

    @contextmanager
    def connection(self) -> Iterator[object]:
        """A connection for the block."""
        yield object()


class Caller:
    """Who calls, as it is when a connection is taken."""

    def __init__(self) -> None:
        self.holder = nobody()


@pytest.fixture(autouse=True)
def without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_pool, "ConnectionPool", Connections)


def pool_for(caller: Caller, patience: float = 0.0) -> BoundedPool:
    return BoundedPool("", READINGS, size=SIZE, waiting=WAITING, patience=patience, holder=lambda: caller.holder)


def taken(pool: BoundedPool, stack: ExitStack, most: int) -> int:
    """How many connections the present caller gets, of ``most``."""
    for number in range(most):
        try:
            stack.enter_context(pool.connection())
        except Problem:
            return number
    return most


def test_a_key_leaves_connections_to_another_key_and_to_another_tenant() -> None:
    caller = Caller()
    pool = pool_for(caller)
    for other in (BESIDE, ELSEWHERE):
        with ExitStack() as stack:
            caller.holder = HOSTILE
            assert taken(pool, stack, SIZE) == SIZE - LEFT_TO_OTHERS
            caller.holder = other
            assert taken(pool, stack, SIZE) == LEFT_TO_OTHERS


def test_a_pool_with_one_holder_for_all_gives_every_connection() -> None:
    pool = BoundedPool("", READINGS, size=SIZE, waiting=0, patience=0.0)
    with ExitStack() as stack:
        assert taken(pool, stack, SIZE + 1) == SIZE
    with ExitStack() as stack:
        assert taken(pool, stack, SIZE + 1) == SIZE


@pytest.mark.parametrize(("keys", "others"), [(["1"], [BESIDE, ELSEWHERE]), (["1", "3"], [ELSEWHERE])])
def test_a_key_or_a_tenant_leaves_room_to_wait_to_others(
    monkeypatch: pytest.MonkeyPatch, keys: list[str], others: list[ConnectionHolder]
) -> None:
    caller, seen, gate = Caller(), SimpleQueue[str](), Event()

    def wait(_slots: Any, _name: str, _patience: float) -> None:
        seen.put("waits")
        assert gate.wait(LONG)

    monkeypatch.setattr(FairSlots, "acquire", wait)
    monkeypatch.setattr(FairSlots, "release", lambda *_: None)
    pool = pool_for(caller, LONG)

    def read() -> None:
        try:
            with pool.connection():
                pass
        except Problem:
            seen.put("refused")

    def outcome(holder: ConnectionHolder) -> str:
        caller.holder = holder
        threads.submit(read)
        return seen.get(timeout=LONG)

    with ThreadPoolExecutor(2 * (SIZE + WAITING)) as threads:
        try:
            for key in keys:
                while outcome(ConnectionHolder("acme", key)) == "waits":
                    pass
            assert [outcome(other) for other in others] == ["waits"] * len(others)
        finally:
            gate.set()
