"""The deadlines of a request for erasure lead to tasks by the due watch."""

from collections.abc import AsyncIterator

import pytest

from domain.erasure import commands as c
from domain.erasure.state import erasure_stream
from tests.support.reminding import Reminded, reminded

pytestmark = pytest.mark.anyio
TASK = [{"do": "open-task", "title": "Erase", "to": "team:privacy"}]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


async def test_the_deadlines_of_a_request_open_tasks_until_it_is_refused(desk: Reminded) -> None:
    await desk.rule("erasure-due", {"due": "erasure-due", "days": [5, 1]}, then=TASK)
    desk.now("2030-01-07", "10:00")
    customer = await desk.customer()
    erasure = erasure_stream(customer)
    await desk.ask(erasure, c.RequestErasure(customer_id=customer, legal_basis="14", through="email"))
    await desk.look()
    assert desk.timers() == [
        ("rule:erasure-due", "request/1/answer", "2030-01-09 10:00"),
        ("rule:erasure-due", "request/1/5", "2030-01-22 10:00"),
        ("rule:erasure-due", "request/1/1", "2030-01-26 10:00"),
    ]
    desk.now("2030-01-22", "10:00")
    await desk.look(2)
    assert desk.recorded(erasure) == ["passed_over request/1/answer missed", "fired request/1/5"]
    assert [event.payload.team for event in desk.log() if event.topic == "task.opened"] == ["privacy"]
    await desk.ask(erasure, c.RefuseErasure(why="kept by law"))
    await desk.look()
    assert desk.timers() == []
    assert desk.as_rebuilt()
