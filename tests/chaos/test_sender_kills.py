"""Senders are killed again and again: no request is lost, no SMS is sent twice by itself.

CHAOS_CYCLES=50 makes it long.
"""

import asyncio
import os
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import UUID

import pytest

from domain.notification import events as e
from tests.support.chaos import sending
from tests.support.chaos.forked import forked, kill
from tests.support.desks import now
from tests.support.receiver import Receiver, receiving
from tests.support.sending import Notified

CYCLES = int(os.environ.get("CHAOS_CYCLES", "4"))
A_CYCLE = 40
"""Requests before each kill."""

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Senders:
    """Two of them at once."""

    def __init__(self, url: str, channels: Path) -> None:
        self._arguments = url, channels
        self.running: list[ForkServerProcess] = []

    def start(self) -> None:
        self.running.append(forked(sending.run, *self._arguments))

    def kill(self) -> None:
        """Both of them, in the middle of whatever they do."""
        for process in self.running:
            kill(process)
        self.running.clear()


async def test_no_kill_loses_a_request_or_sends_an_sms_twice(database_url: str, tmp_path: Path) -> None:
    desk = Notified(database_url, now)
    async with receiving() as receiver:
        receiver.slow = 0.02
        file = tmp_path / "channels.toml"
        file.touch(mode=0o600)
        file.write_text(f'[sms]\nurl = "{receiver.url}"\nallow = ["127.0.0.0/8"]\n', encoding="utf-8")
        senders = Senders(database_url, file)
        requested = set[UUID]()
        try:
            for cycle in range(CYCLES):
                requested |= await requests(desk, cycle)
                senders.start()
                senders.start()
                await got_more(receiver, len(receiver.got) + A_CYCLE // 2)
                senders.kill()
            senders.start()
            outcomes = await settled(desk, requested)
        finally:
            senders.kill()
            await desk.close()
    times = Counter(UUID(got.headers["idempotency-key"]) for got in receiver.got)
    assert set(times) <= requested
    assert max(times.values()) == 1
    assert set(outcomes) == requested
    taken = {notification for notification, outcome in outcomes.items() if outcome is e.NotificationHandedOver}
    assert taken <= times.keys()
    assert {outcomes[notification] for notification in requested - taken} <= {e.NotificationUncertain}
    assert len(requested - taken) <= CYCLES * 2 * 200


async def requests(desk: Notified, cycle: int) -> set[UUID]:
    customers = [UUID(int=9_000 + cycle * A_CYCLE + number) for number in range(A_CYCLE)]
    await asyncio.gather(
        *(
            desk.customer(customer, f"c{customer.int}@example.vn", f"09{customer.int % 10**8:08}")
            for customer in customers
        )
    )
    return set(
        await asyncio.gather(
            *(desk.request(f"to {customer}", to=str(customer), channel="sms") for customer in customers)
        )
    )


async def got_more(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(60):
        while len(receiver.got) < count:  # noqa: ASYNC110 -- nothing tells of a hand-over
            await asyncio.sleep(0.005)


async def settled(desk: Notified, requested: set[UUID]) -> dict[UUID, type]:
    """The last event of each notification, once all of them have an outcome."""
    async with asyncio.timeout(60):
        while True:
            last = {event.stream: type(event.payload) for event in desk.log() if event.stream in requested}
            if all(outcome in {e.NotificationHandedOver, e.NotificationUncertain} for outcome in last.values()):
                return last
            await asyncio.sleep(0.1)
