"""After a loss the next server knows less than the one before: what is gone is gone, but nothing new leaves a hole."""

import asyncio
from collections.abc import Collection

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.command_handling.service_desk import ServiceDesk
from domain.command_handling.state_cache import StateCache
from domain.command_handling.state_snapshots import EVERY
from domain.event_log.snapshots import Snapshot
from domain.event_log.store import LogConnection
from domain.ticket.commands import StartWork
from tests.support.database_troubles import fall_back_by_one_command, until, waiting_for_lock
from tests.support.desks import NOTE, by, locked_head, noon, opened, received, recorded, topics
from tests.support.log import TENANT
from tests.support.patience import PATIENT

pytestmark = pytest.mark.anyio


async def test_a_stream_goes_on_where_the_server_has_it(desk_url: str) -> None:
    async with opened(desk_url) as desk:
        stream = await received(desk)
        for _ in range(2):
            await desk.handle(stream, NOTE, by())
        fall_back_by_one_command(desk_url)
        receipt = await desk.handle(stream, NOTE, by())
        assert receipt.answer.version == 3
        await desk.handle(stream, NOTE, by())
    assert topics(desk_url, stream) == ["received", "note_added", "note_added", "note_added"]


async def test_what_was_learned_before_a_loss_is_not_believed_after_it(desk_url: str) -> None:
    async with opened(desk_url) as desk:
        stream, other = await received(desk), await received(desk)
        await desk.handle(stream, StartWork(), by())
        fall_back_by_one_command(desk_url)
        await desk.handle(other, NOTE, by())  # the new connection
        await desk.handle(stream, NOTE, by())
    assert topics(desk_url, stream) == ["received", "assigned", "note_added"]


async def test_a_memory_that_outlives_the_loss_leaves_no_hole_either(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log itself refuses a version without the one before it."""
    monkeypatch.setattr(StateCache, "forget_all", lambda _: None)
    log = LogConnection(desk_url, TENANT)
    desk = ServiceDesk(log, noon)
    stream, other = await received(desk), await received(desk)
    await desk.handle(stream, NOTE, by())
    fall_back_by_one_command(desk_url)
    await desk.handle(other, NOTE, by())
    await desk.handle(stream, NOTE, by())
    await desk.close()
    assert topics(desk_url, stream) == ["received", "note_added"]


class FallingBack(LogConnection):
    """The server loses the last command right before a snapshot is kept."""

    async def keep(self, snapshots: Collection[Snapshot], epoch: int) -> None:
        fall_back_by_one_command(self.url)
        await super().keep(snapshots, epoch)

    def __init__(self, url: str) -> None:
        super().__init__(url, TENANT)
        self.url = url


async def test_no_snapshot_knows_more_than_the_server(desk_url: str) -> None:
    desk = ServiceDesk(FallingBack(desk_url), noon)
    stream = await received(desk)
    for _ in range(EVERY - 1):
        await desk.handle(stream, NOTE, by())
    await desk.close()
    async with opened(desk_url) as next_desk:
        assert (await next_desk.handle(stream, NOTE, by())).answer.version == EVERY
    assert len(recorded(desk_url)) == EVERY


async def test_a_connection_that_was_in_use_while_another_was_lost_is_given_up(desk_url: str) -> None:
    log = LogConnection(make_conninfo(desk_url, application_name="log"), TENANT, PATIENT)
    desk = ServiceDesk(log, noon)
    stream = await received(desk)
    async with locked_head(desk_url):
        note = asyncio.create_task(desk.handle(stream, NOTE, by()))
        await waiting_for_lock(desk_url)
        await log.answers([])  # on a second connection
        with psycopg.connect(desk_url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid, 20000) from pg_stat_activity"
                " where datname = current_database() and application_name = 'log' and wait_event_type <> 'Lock'"
            )
        await log.answers([])  # on a third one
    await note
    await until(desk_url, "(select count(*) from others where application_name = 'log') = 1")
    await desk.close()
