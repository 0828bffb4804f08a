"""While one batch is recorded another is decided: nobody is overtaken on a stream, and nothing old is believed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID

import pytest

from domain.command_handling.decide import EMPTY, StreamState
from domain.command_handling.service_desk import CommandIdReused, CommandResult, ServiceDesk
from domain.command_handling.state_cache import StateCache
from domain.event_log.append import Appended, Batch
from domain.event_log.store import Loaded, LogConnection
from domain.ticket import commands as c
from tests.support.database_troubles import fall_back_by_one_command, waiting_for_lock
from tests.support.desks import NOTE, RECEIVE, by, locked_head, noon, received, recorded, topics
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio


class Counting(LogConnection):
    """Notes the size of each batch, how many are under way together, and that two are."""

    def __init__(self, url: str) -> None:
        super().__init__(url, TENANT)
        self.sizes: list[int] = []
        self.together = 0
        self.two = asyncio.Event()

    async def append(self, batch: Batch) -> Appended:
        self.sizes.append(len(batch.commands))
        self.together += 1
        if self.together > 1:
            self.two.set()
        try:
            return await super().append(batch)
        finally:
            self.together -= 1


@pytest.fixture
async def log(log_url: str) -> Counting:
    return Counting(log_url)


@pytest.fixture
async def desk(log: Counting) -> AsyncIterator[ServiceDesk]:
    made = ServiceDesk(log, noon)
    yield made
    await made.close()


async def sizes_for(log: Counting, desk: ServiceDesk, callers: int) -> list[int]:
    """Of the batches that so many commands go into which are given at once."""
    streams = [await received(desk) for _ in range(callers)]
    log.sizes.clear()
    await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
    return log.sizes


@pytest.mark.usefixtures("halved")
async def test_a_desk_that_halves_serves_one_half_while_the_other_is_recorded(
    log: Counting, desk: ServiceDesk, log_url: str
) -> None:
    streams = [await received(desk) for _ in range(8)]
    log.sizes.clear()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks, locked_head(log_url):
        for stream in streams:
            tasks.create_task(desk.handle(stream, NOTE, by()))
        await log.two.wait()  # nothing can be recorded until then
    assert log.sizes == [4, 4]


@pytest.mark.usefixtures("halved")
async def test_a_few_are_not_parted(log: Counting, desk: ServiceDesk) -> None:
    assert await sizes_for(log, desk, 4) == [4]


@pytest.mark.usefixtures("whole")
async def test_a_desk_that_does_not_has_one_batch_under_way(log: Counting, desk: ServiceDesk, log_url: str) -> None:
    one, two = await received(desk), await received(desk)
    _, waiting = await behind_a_locked_head(log, log_url, desk.handle(one, NOTE, by()), desk.handle(two, NOTE, by()))
    assert waiting == 1


@pytest.mark.usefixtures("whole")
async def test_a_desk_that_does_not_serves_whoever_is_there(log: Counting, desk: ServiceDesk) -> None:
    assert await sizes_for(log, desk, 8) == [8]


async def behind_a_locked_head(log: Counting, log_url: str, *wishes: Any) -> tuple[list[Any], int]:
    """The answers to what is asked one after the other while nothing can be recorded, and how many batches waited."""
    async with contextlib.AsyncExitStack() as locked:
        await locked.enter_async_context(locked_head(log_url))
        asked = []
        for wish in wishes:
            asked.append(asyncio.ensure_future(wish))
            await waiting_for_lock(log_url)
        waiting = log.together
    return await asyncio.gather(*asked, return_exceptions=True), waiting


@pytest.mark.usefixtures("halved")
async def test_a_lone_batch_is_not_waited_for(log: Counting, desk: ServiceDesk, log_url: str) -> None:
    one, two = await received(desk), await received(desk)
    answers, waiting = await behind_a_locked_head(
        log, log_url, desk.handle(one, NOTE, by()), desk.handle(two, NOTE, by())
    )
    assert waiting == 2
    assert all(isinstance(answer, CommandResult) for answer in answers)


async def test_nobody_is_left_behind_by_a_clerk_who_is_just_leaving(log: Counting) -> None:
    desk = ServiceDesk(log, noon, in_order=True)
    async with asyncio.timeout(30):
        stream = await received(desk)
        for _ in range(20):
            assert (await desk.handle(stream, NOTE, by())).answer.events == 1
        await desk.close()


@pytest.mark.usefixtures("halved")
async def test_a_desk_that_is_told_to_records_all_in_the_order_in_which_it_came(log: Counting, log_url: str) -> None:
    desk = ServiceDesk(log, noon, in_order=True)
    await asyncio.gather(*(desk.handle(UUID(int=number), RECEIVE, by()) for number in range(1, 9)))
    await desk.close()
    assert [event.stream.int for event in recorded(log_url)] == list(range(1, 9))
    assert not log.two.is_set()


@pytest.mark.usefixtures("halved")
async def test_a_command_waits_for_the_one_before_it_on_its_stream(
    log: Counting, desk: ServiceDesk, log_url: str
) -> None:
    stream, other = await received(desk), await received(desk)
    merge = c.MergeTicket(into=other, reason="the same")
    resolve, close = c.ResolveTicket(resolution="r"), c.CloseTicket()
    answers, waiting = await behind_a_locked_head(
        log,
        log_url,
        desk.handle(stream, resolve, by()),
        desk.handle(stream, close, by()),
        desk.handle(other, merge.model_copy(update={"into": stream}), by()),
    )
    assert waiting == 1
    assert [isinstance(answer, CommandResult) for answer in answers] == [True, True, False]
    assert topics(log_url, stream) == ["received", "resolved", "closed"]


@pytest.mark.usefixtures("halved")
async def test_a_command_id_under_way_is_not_sent_again_beside_it(
    log: Counting, desk: ServiceDesk, log_url: str
) -> None:
    one, two = await received(desk), await received(desk)
    (first, second), waiting = await behind_a_locked_head(
        log, log_url, desk.handle(one, NOTE, by("c-1")), desk.handle(two, NOTE, by("c-1"))
    )
    assert (waiting, type(first), type(second)) == (1, CommandResult, CommandIdReused)
    assert len(recorded(log_url)) == 3


@pytest.mark.usefixtures("halved")
async def test_both_connections_can_be_lost_to_a_server_that_knows_less(desk: ServiceDesk, log_url: str) -> None:
    streams = [await received(desk) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
        fall_back_by_one_command(log_url)
    await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
    assert len(recorded(log_url)) == 4 + 3 * 4 - 3 + 4


class Reconnecting:
    """A log whose connection is opened anew, by somebody else, while a stream is loaded."""

    number = 1

    def __init__(self) -> None:
        self.loads = 0

    async def load(self, streams: Collection[UUID], _fold: str) -> tuple[dict[UUID, Loaded], int]:
        self.loads += 1
        asked_on = self.number
        if self.loads == 1:
            self.number += 1
        return {stream: Loaded(None, []) for stream in streams}, asked_on


async def test_what_was_loaded_before_another_connection_was_opened_is_not_remembered() -> None:
    log = Reconnecting()
    memory = StateCache(log, 10)  # type: ignore[arg-type]  # all that a memory asks of a log
    stream = UUID(int=1)
    _, learned_on = await memory.recall({stream: False})
    memory.keep({stream: StreamState("ticket", None, 3)}, learned_on)
    states, believed_on = await memory.recall({stream: False})
    assert (learned_on, states[stream], believed_on, log.loads) == (1, EMPTY, 2, 2)
    memory.keep({stream: StreamState("ticket", None, 3)}, believed_on)
    states, _ = await memory.recall({stream: False})
    assert (states[stream].version, log.loads) == (3, 2)
