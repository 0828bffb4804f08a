"""What a caller asked for who is gone is not recorded later: the server looks after its callers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.event_log import store
from domain.event_log.store import LogConnection, LogUnavailable
from tests.support.database_troubles import until, waiting_for_lock
from tests.support.desks import NOTE, by, locked_head, opened, received, recorded
from tests.support.log import TENANT
from tests.support.patience import PATIENT

pytestmark = pytest.mark.anyio


NO_LIMITS = "-c lock_timeout=0 -c statement_timeout=0"


@contextlib.asynccontextmanager
async def a_note_given_up(desk_url: str, options: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A desk has hung up on a note that waits for the log's lock, which is let go of when this is left."""
    async with opened(make_conninfo(desk_url, options=options)) as desk:
        stream = await received(desk)
        async with locked_head(desk_url):
            pending = asyncio.create_task(desk.handle(stream, NOTE, by()))
            await waiting_for_lock(desk_url)
            with monkeypatch.context() as later:
                loop = asyncio.get_running_loop()
                later.setattr(loop, "time", lambda time=loop.time: time() + PATIENT.patience)
                with pytest.raises(LogUnavailable):
                    await pending
            yield


def never_looks(desk_url: str) -> None:
    """As a server is unless it is told otherwise: what a caller asked for goes on when the caller is gone."""
    with psycopg.connect(desk_url, autocommit=True) as connection:
        here = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set client_connection_check_interval = 0").format(here))


async def test_what_a_caller_who_is_gone_had_asked_for_is_not_recorded_later(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_looks(desk_url)
    async with a_note_given_up(desk_url, NO_LIMITS, monkeypatch):
        await until(desk_url, "not exists (select from others where query like '%append(%')")
    assert len(recorded(desk_url)) == 1


async def test_a_server_that_does_not_look_after_its_callers_records_what_nobody_waits_for(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the limits of the DSN go before ours."""
    async with a_note_given_up(desk_url, f"{NO_LIMITS} -c client_connection_check_interval=0", monkeypatch):
        await waiting_for_lock(desk_url)
    async with locked_head(desk_url):  # behind whoever has waited longer
        assert len(recorded(desk_url)) == 2


async def settings(url: str, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Settings of a log's session, as PostgreSQL shows them."""
    sessions: list[psycopg.AsyncConnection] = []

    class Session(psycopg.AsyncConnection):
        @classmethod
        async def connect(cls, *arguments: Any, **options: Any) -> Self:
            session = await super().connect(*arguments, **options)
            sessions.append(session)
            return session

    monkeypatch.setattr(store, "AsyncConnection", Session)
    log = LogConnection(url, TENANT)
    await log.now()
    (session,) = sessions
    shown = [await (await session.execute(f"show {name}")).fetchone() or () for name in names]
    await log.close()
    return [value for (value,) in shown]


async def test_options_given_in_the_dsn_are_kept_beside_ours(desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    never_looks(desk_url)
    url = make_conninfo(desk_url, options="-c lock_timeout=3s -c timezone=Asia/Tokyo -c work_mem=5MB")
    names = ("lock_timeout", "statement_timeout", "work_mem", "timezone", "client_connection_check_interval")
    assert await settings(url, monkeypatch, *names) == ["3s", "30s", "5MB", "UTC", "1s"]


async def test_a_server_that_cannot_look_after_its_callers_serves_all_the_same(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_looks(desk_url)
    refused = "select set_config('client_connection_check_interval', '-1', false)"
    monkeypatch.setattr(store, "_NOTICE_A_CALLER_WHO_IS_GONE", refused)
    assert await settings(desk_url, monkeypatch, "client_connection_check_interval") == ["0"]
