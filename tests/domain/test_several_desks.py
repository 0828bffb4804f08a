"""Several desks on one log: each decides by what is so, whatever it remembers."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Collection
from uuid import UUID

import pytest

from domain.command_handling import service_desk
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Overloaded, ServiceDesk
from domain.event_log.append import Appended, Batch
from domain.event_log.store import LoadedStreams, LogConnection
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as c
from tests.support.desks import NOTE, RECEIVE, by, noon, opened, received, recorded, topics
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio

RESOLVE = c.ResolveTicket(resolution="r")
REOPEN = c.ReopenTicket(reason="r")


@pytest.fixture
async def desks(desk_url: str) -> AsyncIterator[tuple[ServiceDesk, ServiceDesk]]:
    async with opened(desk_url) as first, opened(desk_url) as second:
        yield first, second


async def test_a_desk_never_acts_on_what_it_remembers_alone(
    desks: tuple[ServiceDesk, ServiceDesk], desk_url: str
) -> None:
    first, second = desks
    stream = await received(first)
    await second.handle(stream, RESOLVE, by())
    with pytest.raises(Refusal) as refused:
        await first.handle(stream, c.SendReply(body="b"), by())
    assert refused.value.state == "resolved"
    assert topics(desk_url, stream) == ["received", "resolved"]


async def test_a_desk_never_refuses_on_what_it_remembers_alone(desks: tuple[ServiceDesk, ServiceDesk]) -> None:
    first, second = desks
    stream = await received(first)
    await first.handle(stream, RESOLVE, by())
    await second.handle(stream, REOPEN, by())
    assert (await first.handle(stream, c.SendReply(body="b"), by())).answer.version == 4


async def test_a_desk_never_stays_quiet_on_what_it_remembers_alone(desks: tuple[ServiceDesk, ServiceDesk]) -> None:
    first, second = desks
    stream = await received(first)
    await first.handle(stream, RESOLVE, by())
    await second.handle(stream, REOPEN, by())
    assert (await first.handle(stream, RESOLVE, by())).answer.events == 1


async def test_a_version_is_stale_by_the_log_and_not_by_memory(desks: tuple[ServiceDesk, ServiceDesk]) -> None:
    first, second = desks
    stream = await received(first)
    await second.handle(stream, NOTE, by())
    assert (await first.handle(stream, NOTE, by(expected_version=2))).answer.version == 3
    with pytest.raises(StaleVersion, match="at version 3, not 2"):
        await second.handle(stream, NOTE, by(expected_version=2))


async def test_what_one_desk_began_the_other_does_not_begin_again(desks: tuple[ServiceDesk, ServiceDesk]) -> None:
    first, second = desks
    stream = await received(first)
    with pytest.raises(Refusal, match="received already"):
        await second.handle(stream, RECEIVE, by())
    with pytest.raises(Refusal, match="no such ticket"):
        await second.handle(UUID(int=1), NOTE, by())
    await first.handle(UUID(int=1), RECEIVE, by())
    assert (await second.handle(UUID(int=1), NOTE, by())).answer.version == 2


async def test_a_merge_sees_what_the_other_desk_did_to_its_target(
    desks: tuple[ServiceDesk, ServiceDesk], desk_url: str
) -> None:
    first, second = desks
    source, target = await received(first), await received(first)
    await second.handle(target, RESOLVE, by())
    with pytest.raises(Refusal) as refused:
        await first.handle(source, c.MergeTicket(into=target, reason="r"), by())
    assert refused.value.code == "target_not_open"
    assert topics(desk_url, source) == ["received"]


async def test_one_command_id_given_to_both_desks_at_once_has_one_effect(
    desks: tuple[ServiceDesk, ServiceDesk], desk_url: str
) -> None:
    for turn in range(10):
        stream = await received(desks[turn % 2])
        receipts = await asyncio.gather(*(desk.handle(stream, NOTE, by(f"c-{turn}")) for desk in desks))
        assert receipts[0].answer == receipts[1].answer
        assert {receipt.repeated for receipt in receipts} == {False, True}
        assert topics(desk_url, stream) == ["received", "note_added"]


async def test_of_two_callers_who_saw_the_same_version_one_goes_first(
    desks: tuple[ServiceDesk, ServiceDesk],
) -> None:
    stream = await received(desks[0])
    for version in range(1, 11):
        answers = await asyncio.gather(
            *(desk.handle(stream, NOTE, by(expected_version=version)) for desk in desks), return_exceptions=True
        )
        assert {type(answer) for answer in answers} == {CommandResult, StaleVersion}


async def test_a_hot_ticket_keeps_nobody_else_from_being_served(
    desks: tuple[ServiceDesk, ServiceDesk], desk_url: str
) -> None:
    first, second = desks
    hot = await received(first)
    calm = [await received(first) for _ in range(20)]
    rivals = [desk.handle(hot, NOTE, by()) for desk in desks for _ in range(40)]
    neighbours = [(first, second)[n % 2].handle(stream, NOTE, by()) for n, stream in enumerate(calm)]
    receipts = await asyncio.gather(*rivals, *neighbours)
    assert len({receipt.answer.position for receipt in receipts}) == 100
    assert len(topics(desk_url, hot)) == 81


async def test_whoever_begins_anew_what_is_there_delays_nobody(desk_url: str) -> None:
    async with opened(desk_url) as other:
        stream = await received(other)
        log = ConcurrentImport(desk_url, other, stream, times=0)
        desk = ServiceDesk(log, noon)
        begin, note = desk.handle(stream, RECEIVE, by()), desk.handle(stream, NOTE, by())
        answers = await asyncio.gather(begin, note, return_exceptions=True)
        await desk.close()
    assert [type(answer) for answer in answers] == [Refusal, CommandResult]
    assert log.judged == log.loaded == [{stream, RECEIVE.customer_id}]


class ConcurrentImport(LogConnection):
    """Another desk moves ``hot`` on before each of the first ``times`` appends that judge it."""

    def __init__(self, url: str, other: ServiceDesk, hot: UUID, times: int) -> None:
        super().__init__(url, TENANT)
        self._other, self._hot, self._times = other, hot, times
        self.judged: list[set[UUID]] = []
        self.loaded: list[set[UUID]] = []

    async def load(self, streams: Collection[UUID], fold: str) -> LoadedStreams:
        self.loaded.append(set(streams))
        return await super().load(streams, fold)

    async def append(self, batch: Batch) -> Appended:
        self.judged.append(set(batch.judged))
        if self._hot in batch.judged and self._times:
            self._times -= 1
            await self._other.handle(self._hot, NOTE, by())
        return await super().append(batch)


async def test_neighbours_of_a_hot_ticket_are_recorded_in_the_very_next_append(desk_url: str) -> None:
    async with opened(desk_url) as other:
        hot, *calm = [await received(other) for _ in range(4)]
        log = ConcurrentImport(desk_url, other, hot, times=3)
        desk = ServiceDesk(log, noon)
        await asyncio.gather(*(desk.handle(stream, NOTE, by()) for stream in (calm[0], hot, *calm[1:], hot)))
        await desk.close()
    assert log.judged == [{hot, *calm}, set(calm), {hot}, {hot}, {hot}]
    assert log.loaded == [{hot, *calm}, {hot}, {hot}, {hot}]


async def test_whoever_is_put_off_keeps_their_turn_on_every_stream(desk_url: str) -> None:
    async with opened(desk_url) as other:
        hot, into, calm = [await received(other) for _ in range(3)]
        log = ConcurrentImport(desk_url, other, hot, times=1)
        desk = ServiceDesk(log, noon)
        merge = c.MergeTicket(into=into, reason="r")
        wishes: list[tuple[UUID, Command]] = [(hot, REOPEN), (hot, merge), (into, RESOLVE), (calm, NOTE)]
        answers = await asyncio.gather(
            *(desk.handle(stream, command, by()) for stream, command in wishes), return_exceptions=True
        )
        await desk.close()
    assert [type(answer) for answer in answers] == [Refusal, CommandResult, CommandResult, CommandResult]
    assert log.judged == [{hot, into, calm}, {calm}, {hot, into}]
    assert topics(desk_url, into) == ["received", "absorbed", "resolved"]


async def test_a_ticket_that_others_always_move_on_is_given_up_in_the_end(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_desk, "ATTEMPTS", 3)
    async with opened(desk_url) as other:
        hot = await received(other)
        desk = ServiceDesk(ConcurrentImport(desk_url, other, hot, times=3), noon)
        with pytest.raises(Overloaded, match="moved on 3 times"):
            await desk.handle(hot, NOTE, by("c-1"))
        assert (await desk.handle(hot, NOTE, by("c-1"))).answer.version == 5
        await desk.close()


WISHES: list[Command] = [
    c.StartWork(), c.PutOnHold(waiting_for="customer", reason="r"), c.ReceiveMessage(body="m"), RESOLVE, REOPEN, NOTE,
    c.CloseTicket(), c.CancelTicket(), c.AssignTicket(team="t"), c.PrioritiseTicket(priority="P1", reason="r"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_commands_leaves_every_answer_true(
    desks: tuple[ServiceDesk, ServiceDesk], desk_url: str, seed: int
) -> None:
    """Random commands on few tickets through two desks, many given twice: what was answered is what is recorded."""
    chance = random.Random(seed)  # noqa: S311 -- a seeded choice
    streams = [await received(desks[0]) for _ in range(5)]
    answers: dict[str, set[object]] = {}

    async def ask(desk: ServiceDesk, stream: UUID, command: Command, command_id: str) -> None:
        try:
            receipt = await desk.handle(stream, command, by(command_id))
        except Refusal:
            pass
        else:
            answers.setdefault(command_id, set()).add(receipt.answer)

    requests = []
    for number in range(300):
        stream = chance.choice(streams)
        command = chance.choice(WISHES)
        if chance.random() < 0.1:
            command = c.MergeTicket(into=chance.choice(streams), reason="r")
        elif chance.random() < 0.1:
            command = c.UndoMerge(into=chance.choice(streams), reason="r")
        given_to = chance.sample(desks, chance.choice([1, 1, 2]))
        requests += [ask(desk, stream, command, f"{seed}-{number}") for desk in given_to]
    await asyncio.gather(*requests)

    events = recorded(desk_url)[5:]
    assert all(len(given) == 1 for given in answers.values())
    by_command = Counter(event.envelope.command_id for event in events)
    assert by_command == {name: given.events for name, (given,) in answers.items() if given.events}  # type: ignore[attr-defined]  # Answers
