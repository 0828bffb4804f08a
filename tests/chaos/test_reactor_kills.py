"""Reactors are killed again and again while rules fire: each rule fires once for each event, and none is left out.

CHAOS_CYCLES=50 makes it long.
"""

import asyncio
import os
from collections import Counter

import pytest

from tests.support.automating import Automated, automated, react
from tests.support.chaos import reacting
from tests.support.chaos.forked import forked, kill

pytestmark = pytest.mark.anyio
CYCLES = int(os.environ.get("CHAOS_CYCLES", "10"))
A_CYCLE = 15


async def work(desk: Automated) -> None:
    """Tickets come in until the reactors have fired for some of them."""
    fired = len(desk.fired())
    for _ in range(A_CYCLE):
        await desk.receive()
    while len(desk.fired()) < fired + A_CYCLE // 3:  # noqa: ASYNC110 -- other processes fire
        await asyncio.sleep(0.01)


async def test_each_rule_fires_once_for_each_event_however_often_reactors_are_killed(database_url: str) -> None:
    then = [{"do": "add-note", "body": "noted"}, {"do": "open-task", "title": "look"}]
    async with automated(database_url) as desk:
        await desk.publish("noting", {"on": ["ticket.received"], "then": then})
        async with desk.reactor():
            pass
        for _ in range(CYCLES):
            processes = [forked(reacting.run, database_url) for _ in range(2)]
            await work(desk)
            for process in processes:
                kill(process)
        async with desk.reactor() as last:
            await react(last)
        topics = Counter(event.topic for event in desk.log())
        subjects = Counter(event.stream for event in desk.log() if event.topic == "automation.fired")
    tickets = CYCLES * A_CYCLE
    assert {topic: topics[topic] for topic in ("ticket.note_added", "task.opened", "automation.fired")} == {
        "ticket.note_added": tickets,
        "task.opened": tickets,
        "automation.fired": tickets,
    }
    assert set(subjects.values()) == {1}
