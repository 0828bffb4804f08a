"""After a downtime over very many due things two watches record each once: fired, or missed when it is too late."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from domain.automation import events as e
from domain.customer import events as c
from domain.customer.facts.events import DateRecorded
from domain.event_log.append import Batch, append
from domain.event_log.reader import encryptor
from tests.support.events import new_event
from tests.support.examples import THOROUGH
from tests.support.log import DEFAULT
from tests.support.reminding import BEGINNING, Reminded, reminded, reminding

pytestmark = pytest.mark.anyio
DUE = 10_000 if THOROUGH else 600
AT_ONCE = 500


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


def with_payments(desk: Reminded) -> dict[UUID, int]:
    """Customers with a payment, each with the day of January before which it is told: 15 or 20."""
    days = {UUID(int=1_000 + number): 15 if number % 2 else 20 for number in range(DUE)}
    customers = list(days)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        for start in range(0, DUE, AT_ONCE):
            some = customers[start : start + AT_ONCE]
            batch = Batch(dict.fromkeys(some, 0), [f"payments {start}"], encryptor(connection, DEFAULT))
            events = [
                new_event(payload, customer, version, occurred_at=BEGINNING - timedelta(days=1), command_id="payments")
                for customer in some
                for version, payload in enumerate(
                    (
                        c.CustomerRegistered(name="Lan"),
                        DateRecorded(name="payment", day=days[customer] + 1, month=1, year=2030),
                    ),
                    start=1,
                )
            ]
            batch.add_decided(f"payments {start}", "payments", some[0], 2, events)
            append(connection, DEFAULT, batch)
    return days


async def test_each_of_very_many_due_things_is_recorded_once_after_a_downtime(desk: Reminded) -> None:
    call = [{"do": "open-task", "title": "Call"}]
    await desk.rule("payment", {"due": "agreed-day", "days": [1]}, stale_after="8h", then=call)
    days = with_payments(desk)
    desk.now("2030-01-20", "12:00")
    desk.follow()

    async def watched() -> None:
        async with reminding(desk) as watch:
            while not await watch.step():
                pass

    await asyncio.gather(watched(), watched())
    await desk.look()
    recorded = [(event.stream, type(event.payload)) for event in desk.automation()]
    assert Counter(recorded) == Counter(
        (customer, e.AutomationFired if day == 20 else e.AutomationPassedOver) for customer, day in days.items()
    )
    assert Counter(event.topic for event in desk.log())["task.opened"] == DUE // 2
