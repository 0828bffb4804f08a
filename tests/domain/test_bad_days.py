"""The database is slow, gone or cut off: nobody hangs, nothing is lost, nothing happens twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.command_handling import service_desk
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import Overloaded, ServiceDesk
from domain.event_log import store
from domain.event_log.append import Answer, Appended, Batch
from domain.event_log.store import LogUnavailable
from domain.ticket import commands as c
from tests.support.database_troubles import waiting_for_lock
from tests.support.desks import (
    BEFORE,
    NOTE,
    RECEIVE,
    OpenedDesk,
    by,
    locked_head,
    opened,
    received,
    recorded,
    topics,
)
from tests.support.patience import short_patience
from tests.support.wire import Wire, wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(desk_url: str) -> AsyncIterator[ServiceDesk]:
    async with opened(desk_url) as made:
        yield made


@pytest.fixture
def line(desk_url: str) -> Iterator[Wire]:
    with wire(desk_url) as made:
        yield made


@pytest.mark.parametrize("command", [NOTE, c.ResumeWork()])
async def test_a_cut_between_commit_and_answer_is_healed_with_the_first_answer(
    line: Wire, desk_url: str, command: c.TicketCommand
) -> None:
    async with opened(line.url) as desk:
        stream = await received(desk)
        await desk.handle(stream, c.StartWork(), by())
        line.cut_at = b"the-marked-command"
        receipt = await desk.handle(stream, command, by("the-marked-command"))
        assert line.cut.is_set()
        assert receipt.repeated
        assert await desk.handle(stream, command, by("the-marked-command")) == receipt
    assert [event.envelope.command_id for event in recorded(desk_url)].count(
        "the-marked-command"
    ) == receipt.answer.events


async def test_a_retry_after_a_crash_at_another_desk_gets_the_first_answer(line: Wire, desk_url: str) -> None:
    stream = UUID(int=4)
    async with opened(line.url) as crashed:
        line.cut_at = b"c-crash"
        pending = asyncio.create_task(crashed.handle(stream, RECEIVE, by("c-crash")))
        await asyncio.to_thread(line.cut.wait, 60)
        line.dead = True
        pending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pending
        line.dead = False
        async with opened(desk_url) as other:
            assert await other.handle(stream, RECEIVE, by("c-crash")) == CommandResult(
                Answer(stream, 1, BEFORE + 1, 1), repeated=True
            )
    assert topics(desk_url, stream) == ["received"]


async def test_a_dead_wire_hangs_nobody(line: Wire, desk_url: str) -> None:
    async with opened(line.url) as desk:
        stream = await received(desk)
        line.dead = True
        with short_patience(desk.log):
            async with asyncio.timeout(60):
                with pytest.raises(LogUnavailable):
                    await desk.handle(stream, NOTE, by("c-1"))
        line.dead = False
        assert (await desk.handle(stream, NOTE, by("c-1"))).answer.version == 2
    assert topics(desk_url, stream) == ["received", "note_added"]


async def test_connections_that_are_ended_again_and_again_lose_nothing(desk_url: str) -> None:
    others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    receipts: list[CommandResult] = []
    async with opened(desk_url) as desk, await psycopg.AsyncConnection.connect(desk_url, autocommit=True) as killer:
        streams = [await received(desk) for _ in range(4)]
        for turn in range(20):
            pending = [asyncio.create_task(desk.handle(stream, NOTE, by(f"{turn} {stream}"))) for stream in streams]
            await killer.execute(f"select pg_terminate_backend(pid) {others}")
            receipts += await asyncio.gather(*pending)
    assert len({receipt.answer.position for receipt in receipts}) == 80
    assert sorted(event.envelope.command_id for event in recorded(desk_url)[4:]) == sorted(
        f"{turn} {stream}" for turn in range(20) for stream in streams
    )


async def test_a_lock_held_by_somebody_else_is_waited_for_within_patience(desk: OpenedDesk, desk_url: str) -> None:
    stream = await received(desk)
    async with locked_head(desk_url):
        pending = asyncio.create_task(desk.handle(stream, NOTE, by()))
        await waiting_for_lock(desk_url)
    assert (await pending).answer.version == 2


async def test_whoever_waits_for_a_log_that_does_not_answer_is_told_so_and_served_afterwards(
    desk: OpenedDesk, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_desk, "LARGEST_BATCH", 2)
    stream = await received(desk)
    batches = 0
    append = desk.log.append

    async def counted(batch: Batch) -> Appended:
        nonlocal batches
        batches += 1
        return await append(batch)

    monkeypatch.setattr(desk.log, "append", counted)
    async with locked_head(desk_url):
        with short_patience(desk.log):
            answers = await asyncio.gather(
                *(desk.handle(stream, NOTE, by(f"c-{n}")) for n in range(9)), return_exceptions=True
            )
        assert {type(answer) for answer in answers} == {LogUnavailable}
        assert len({id(answer) for answer in answers}) == 9
        assert {str(answer).count("The database was lost") for answer in answers} == {1}, "a copy says it once too"
        assert batches == 1, "whoever waits behind it is not made to wait as long again"
    receipts = await asyncio.gather(*(desk.handle(stream, NOTE, by(f"c-{n}")) for n in range(9)))
    assert len({receipt.answer.version for receipt in receipts}) == 9
    assert len(topics(desk_url, stream)) == 10


async def test_more_than_can_be_served_soon_is_turned_away_at_once(
    desk: OpenedDesk, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_desk, "LONGEST_QUEUE", 3)
    stream = await received(desk)
    async with locked_head(desk_url):
        under_way = asyncio.create_task(desk.handle(stream, NOTE, by()))
        await waiting_for_lock(desk_url)
        queued = [asyncio.create_task(desk.handle(stream, NOTE, by())) for _ in range(3)]
        await waiting_for_lock(desk_url)
        with pytest.raises(Overloaded, match="3 commands wait already"):
            await desk.handle(stream, NOTE, by())
    await asyncio.gather(under_way, *queued)
    assert len(topics(desk_url, stream)) == 5


async def test_what_a_caller_gave_up_before_its_turn_is_not_done(desk: OpenedDesk, desk_url: str) -> None:
    stream = await received(desk)
    async with locked_head(desk_url):
        under_way = asyncio.create_task(desk.handle(stream, NOTE, by("under way")))
        await waiting_for_lock(desk_url)
        given_up = asyncio.create_task(desk.handle(stream, NOTE, by("given up")))
        queued = asyncio.create_task(desk.handle(stream, NOTE, by("queued")))
        await waiting_for_lock(desk_url)
        given_up.cancel()
    await asyncio.gather(under_way, queued)
    assert given_up.cancelled()
    assert [event.envelope.command_id for event in recorded(desk_url)[1:]] == ["under way", "queued"]


async def test_a_caller_who_gives_up_while_it_is_recorded_harms_nobody(desk: OpenedDesk, desk_url: str) -> None:
    stream = await received(desk)
    async with locked_head(desk_url):
        given_up = asyncio.create_task(desk.handle(stream, NOTE, by("given up")))
        await waiting_for_lock(desk_url)
        given_up.cancel()
    assert (await desk.handle(stream, NOTE, by("given up"))).repeated
    assert (await desk.handle(stream, NOTE, by())).answer.version == 3


async def test_a_server_that_is_not_there_is_unavailable_and_not_a_hang(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    nowhere = f"host={tmp_path_factory.mktemp('nowhere')} dbname=none"
    desk = OpenedDesk(nowhere)
    with short_patience(desk.log), pytest.raises(LogUnavailable):
        await desk.handle(UUID(int=1), RECEIVE, by())
    await desk.close()


async def test_a_server_that_only_reads_is_unavailable_until_it_writes_again(desk: OpenedDesk, desk_url: str) -> None:
    """As a standby is, or a primary that was just demoted."""
    stream = await received(desk)
    with psycopg.connect(desk_url, autocommit=True) as connection:
        here = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(here))
        await desk.log.close()
        with short_patience(desk.log), pytest.raises(LogUnavailable):
            await desk.handle(stream, NOTE, by("c-1"))
        connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(here))
    assert (await desk.handle(stream, NOTE, by("c-1"))).answer.version == 2


async def test_the_writer_s_role_is_enough_for_a_desk(writer_url: str, desk_url: str) -> None:
    async with opened(writer_url) as desk:
        first, second = await received(desk), await received(desk)
        await desk.handle(first, c.MergeTicket(into=second, reason="r"), by("c-1"))
        assert (await desk.handle(first, c.MergeTicket(into=second, reason="r"), by("c-1"))).repeated
    assert len(recorded(desk_url)) == 4


async def test_a_server_that_falls_silent_right_after_it_let_us_in_hangs_nobody(
    desk: OpenedDesk, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_NOTICE_A_CALLER_WHO_IS_GONE", "select pg_sleep(600)")
    with short_patience(desk.log):
        async with asyncio.timeout(60):
            with pytest.raises(LogUnavailable):
                await received(desk)
    monkeypatch.undo()
    await received(desk)
    assert len(recorded(desk_url)) == 1


async def test_words_are_kept_whatever_encoding_the_dsn_asks_for(desk_url: str) -> None:
    async with opened(make_conninfo(desk_url, client_encoding="latin1")) as desk:
        await desk.handle(await received(desk), c.AddNote(body="cà phê"), by())
    assert recorded(desk_url)[1].payload.body == "cà phê"
