"""With two batches in flight the commands of a stream keep their order, and no old state is used."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID

import pytest

from domain.command_handling.decide import EMPTY, StreamState
from domain.command_handling.pending_command import CommandIdReused, CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.command_handling.state_cache import StateCache
from domain.customer.commands import ChangeCustomerDetails
from domain.event_log.append import Appended, Batch
from domain.event_log.store import LoadedStream, LoadedStreams, LogConnection
from domain.ticket import commands as c
from tests.support.database_troubles import fall_back_by_one_command, waiting_for_lock
from tests.support.desks import NOTE, RECEIVE, by, locked_head, noon, received, recorded, topics
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio


class Counting(LogConnection):
    """Notes the size of each batch, how many are in flight together, and that two are."""

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
async def log(desk_url: str) -> Counting:
    return Counting(desk_url)


@pytest.fixture
async def desk(log: Counting) -> AsyncIterator[ServiceDesk]:
    """Two batches in flight."""
    made = ServiceDesk(log, noon, batches_in_flight=2)
    yield made
    await made.close()


@pytest.fixture
async def one_by_one(log: Counting) -> AsyncIterator[ServiceDesk]:
    """One batch in flight, as a service desk has it that is not asked for more."""
    made = ServiceDesk(log, noon)
    yield made
    await made.close()


async def sizes_for(log: Counting, desk: ServiceDesk, callers: int) -> list[int]:
    """The sizes of the batches that so many commands go into which are given at once."""
    streams = [await received(desk) for _ in range(callers)]
    log.sizes.clear()
    await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
    return log.sizes


async def test_each_of_two_batches_in_flight_is_half_of_what_waits(
    log: Counting, desk: ServiceDesk, desk_url: str
) -> None:
    streams = [await received(desk) for _ in range(8)]
    log.sizes.clear()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks, locked_head(desk_url):
        for stream in streams:
            tasks.create_task(desk.handle(stream, NOTE, by()))
        await log.two.wait()  # nothing can be recorded until then
    assert log.sizes == [4, 4]


async def test_a_few_commands_are_one_batch(log: Counting, desk: ServiceDesk) -> None:
    assert await sizes_for(log, desk, 4) == [4]


async def test_a_desk_has_one_batch_in_flight_unless_it_is_asked_for_two(
    log: Counting, one_by_one: ServiceDesk, desk_url: str
) -> None:
    first, second = await received(one_by_one), await received(one_by_one)
    wishes = (one_by_one.handle(stream, NOTE, by()) for stream in (first, second))
    _, waiting = await behind_a_locked_head(log, desk_url, *wishes)
    assert waiting == 1


async def test_one_batch_in_flight_takes_all_that_wait(log: Counting, one_by_one: ServiceDesk) -> None:
    assert await sizes_for(log, one_by_one, 8) == [8]


async def test_a_small_and_a_large_batch_become_even_since_answered_callers_ask_again(
    log: Counting, one_by_one: ServiceDesk, desk_url: str
) -> None:
    streams = [await received(one_by_one) for _ in range(16)]
    log.sizes.clear()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks, locked_head(desk_url):
        for stream in streams[:2]:
            tasks.create_task(one_by_one.handle(stream, NOTE, by()))
        await waiting_for_lock(desk_url)
        for stream in streams[2:]:
            tasks.create_task(one_by_one.handle(stream, NOTE, by()))
        await asyncio.sleep(0)  # all of them wait behind the first two
    assert log.sizes == [2, 8, 6]


async def behind_a_locked_head(log: Counting, desk_url: str, *wishes: Any) -> tuple[list[Any], int]:
    """The answers to what is asked one after the other while nothing can be recorded, and how many batches waited."""
    async with contextlib.AsyncExitStack() as locked:
        await locked.enter_async_context(locked_head(desk_url))
        commands = []
        for wish in wishes:
            commands.append(asyncio.ensure_future(wish))
            await waiting_for_lock(desk_url)
        waiting = log.together
    return await asyncio.gather(*commands, return_exceptions=True), waiting


async def test_a_lone_batch_is_not_waited_for(log: Counting, desk: ServiceDesk, desk_url: str) -> None:
    first, second = await received(desk), await received(desk)
    answers, waiting = await behind_a_locked_head(
        log, desk_url, desk.handle(first, NOTE, by()), desk.handle(second, NOTE, by())
    )
    assert waiting == 2
    assert all(isinstance(answer, CommandResult) for answer in answers)


async def test_no_command_is_left_behind_by_a_worker_that_is_just_ending(one_by_one: ServiceDesk) -> None:
    async with asyncio.timeout(30):
        stream = await received(one_by_one)
        for _ in range(20):
            assert (await one_by_one.handle(stream, NOTE, by())).answer.events == 1


async def test_one_batch_in_flight_records_all_in_the_order_of_arrival(
    log: Counting, one_by_one: ServiceDesk, desk_url: str
) -> None:
    await asyncio.gather(*(one_by_one.handle(UUID(int=number), RECEIVE, by()) for number in range(1, 9)))
    assert [event.stream.int for event in recorded(desk_url)] == list(range(1, 9))
    assert not log.two.is_set()


async def test_a_command_waits_for_the_one_before_it_on_its_stream(
    log: Counting, desk: ServiceDesk, desk_url: str
) -> None:
    stream, other = await received(desk), await received(desk)
    merge = c.MergeTicket(into=other, reason="the same")
    resolve, close = c.ResolveTicket(resolution="r"), c.CloseTicket()
    answers, waiting = await behind_a_locked_head(
        log,
        desk_url,
        desk.handle(stream, resolve, by()),
        desk.handle(stream, close, by()),
        desk.handle(other, merge.model_copy(update={"into": stream}), by()),
    )
    assert waiting == 1
    assert [isinstance(answer, CommandResult) for answer in answers] == [True, True, False]
    assert topics(desk_url, stream) == ["received", "resolved", "closed"]


async def test_a_command_waits_for_the_one_that_writes_what_it_reads(
    log: Counting, desk: ServiceDesk, desk_url: str
) -> None:
    rename = desk.handle(RECEIVE.customer_id, ChangeCustomerDetails(name="Lan", reason="misheard"), by())
    _, waiting = await behind_a_locked_head(log, desk_url, rename, desk.handle(UUID(int=1), RECEIVE, by()))
    assert waiting == 1


async def test_commands_that_only_read_a_stream_go_beside_each_other(
    log: Counting, desk: ServiceDesk, desk_url: str
) -> None:
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks, locked_head(desk_url):
        for number in (1, 2):
            tasks.create_task(desk.handle(UUID(int=number), RECEIVE, by()))
            await waiting_for_lock(desk_url)
        await log.two.wait()


async def test_a_command_id_in_flight_is_not_sent_again_beside_it(
    log: Counting, desk: ServiceDesk, desk_url: str
) -> None:
    former, latter = await received(desk), await received(desk)
    (first, second), waiting = await behind_a_locked_head(
        log, desk_url, desk.handle(former, NOTE, by("c-1")), desk.handle(latter, NOTE, by("c-1"))
    )
    assert (waiting, type(first), type(second)) == (1, CommandResult, CommandIdReused)
    assert len(recorded(desk_url)) == 3


async def test_both_connections_can_be_lost_to_a_server_that_knows_less(desk: ServiceDesk, desk_url: str) -> None:
    streams = [await received(desk) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
        fall_back_by_one_command(desk_url)
    await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in streams))
    assert len(recorded(desk_url)) == 4 + 3 * 4 - 3 + 4


class Reconnecting:
    """A log whose connection is opened anew, by somebody else, while a stream is loaded."""

    epoch = 1

    def __init__(self) -> None:
        self.loads = 0

    async def load(self, streams: Collection[UUID], _fold: str) -> LoadedStreams:
        self.loads += 1
        epoch = self.epoch
        if self.loads == 1:
            self.epoch += 1
        return LoadedStreams({stream: LoadedStream(None, []) for stream in streams}, epoch)


async def test_what_was_loaded_before_another_connection_was_opened_is_not_cached() -> None:
    log = Reconnecting()
    cache = StateCache(log, 10)  # type: ignore[arg-type]  # all that a cache needs of a log
    stream = UUID(int=1)
    first = await cache.load([stream])
    cache.put({stream: StreamState("ticket", None, 3)}, first.epoch)
    second = await cache.load([stream])
    assert (first.epoch, second.states[stream], second.epoch, log.loads) == (1, EMPTY, 2, 2)
    cache.put({stream: StreamState("ticket", None, 3)}, second.epoch)
    third = await cache.load([stream])
    assert (third.states[stream].version, log.loads) == (3, 2)
