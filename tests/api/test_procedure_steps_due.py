"""The due watch records overdue steps and ends waits, each once, also after a time in which no watch ran."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from api.workers.due_timers import timers_due
from api.workers.due_watch import DueWatch
from api.workers.limited_firings import LimitedFirings
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.procedure import commands as c
from domain.procedure import events as e
from projections.timers.table import TIMERS
from tests.support.procedures import INSTANCE
from tests.support.sla_watching import Watched, watching

pytestmark = pytest.mark.anyio
TITLE = {"vi": "Bước", "en": "Step"}
BODY: dict[str, Any] = {
    "title": TITLE,
    "subject": "ticket",
    "steps": [
        {"id": "call", "title": TITLE, "due": {"within": "2h"}},
        {"id": "remind", "title": TITLE, "due": {"within": "1h"}, "enter": {"all": ["call=overdue"]}},
        {"id": "wait", "kind": "wait", "title": TITLE, "due": {"within": "24h"}},
        {"id": "ask", "title": TITLE, "enter": {"all": ["wait=due"]}, "due": {"within": "2h"}},
    ],
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Running(Watched):
    """A desk with a running procedure, whose clock stands."""

    projections = (TIMERS,)

    async def begin(self) -> None:
        published = PublishDefinition(kind="procedure", name="care", effective_from=LONG_AGO, body=BODY, reason="r")
        await self.ask(definition_stream("procedure", "care"), published)
        ticket = await self.receive()
        await self.ask(INSTANCE, c.StartProcedure(procedure="care", subject=ticket, subject_kind="ticket"))

    def happened(self) -> list[tuple[str, float]]:
        """What happened to steps, each with the hours since the start."""
        with psycopg.connect(self.url) as connection:
            head = reader.head(connection, "default")
            history = reader.streams(connection, "default", [INSTANCE], head)[INSTANCE]
        start = history[0].occurred_at
        events = []
        for event in history[1:]:
            if isinstance(event.payload, e.StepOpened | e.StepDone | e.StepOverdue):
                hours = (event.occurred_at - start) / timedelta(hours=1)
                events.append((f"{event.topic.removeprefix('procedure.step_')} {event.payload.step}", hours))
        return events


def watch_of(running: Running) -> AbstractAsyncContextManager[DueWatch]:
    return watching(running, dues=[timers_due(LimitedFirings())])


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    made = Running(database_url)
    await made.begin()
    yield made
    await made.close()


async def settle(running: Running, *watches: DueWatch) -> None:
    """Lets the watches look until nothing more is due."""
    for _ in range(8):
        running.follow()
        await asyncio.gather(*(watch.step() for watch in watches))


START = [("opened call", 0.0), ("opened wait", 0.0)]
FIRST = [*START, ("overdue call", 2.0), ("opened remind", 2.0)]
ALL = [*FIRST, ("overdue remind", 3.0), ("done wait", 24.0), ("opened ask", 24.0), ("overdue ask", 26.0)]


async def test_steps_become_overdue_and_waits_end_at_their_time(running: Running) -> None:
    async with watch_of(running) as watch:
        await settle(running, watch)
        assert running.happened() == START
        running.clock.at(120)
        await settle(running, watch)
        assert running.happened() == FIRST
        running.clock.at(26 * 60)
        await settle(running, watch)
    assert running.happened() == ALL


async def test_after_a_time_without_watches_two_of_them_record_the_same_once(running: Running) -> None:
    running.clock.at(27 * 60)
    async with watch_of(running) as first, watch_of(running) as second:
        await settle(running, first, second)
    assert running.happened() == ALL


async def test_a_watch_that_begins_again_at_any_time_records_the_same(running: Running) -> None:
    for hour in range(28):
        running.clock.at(hour * 60)
        async with watch_of(running) as watch:
            await settle(running, watch)
    assert running.happened() == ALL


async def test_a_step_that_was_done_in_time_is_not_overdue(running: Running) -> None:
    running.clock.at(60)
    await running.ask(INSTANCE, c.CompleteStep(step="call"))
    running.clock.at(180)
    async with watch_of(running) as watch:
        await settle(running, watch)
    assert running.happened() == [*START, ("done call", 1.0)]
