"""One clock tells when something happened that nobody timed, and what lies in the future: the database's."""

import math
from datetime import datetime, timedelta

import psycopg
import pytest

from domain.command_handling.service_desk import ServiceDesk
from domain.event_log import reader
from domain.event_log.store import LogConnection, StoreSettings
from domain.refusal import Refusal
from domain.ticket.commands import AddNote
from tests.support.desks import NOTE, by, received, recorded
from tests.support.log import TENANT

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


def database_now(url: str) -> datetime:
    with psycopg.connect(url) as connection:
        return reader.now(connection)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock is an hour ahead of this computer's, as far as it is asked what time it is."""
    monkeypatch.setattr(reader, "NOW", "select clock_timestamp() + interval '1 hour'")


async def test_an_untimed_command_happens_when_it_is_recorded(desk_url: str) -> None:
    desk = ServiceDesk(LogConnection(desk_url, TENANT))
    before = database_now(desk_url)
    stream = await received(desk)
    await desk.handle(stream, NOTE, by())
    await desk.close()
    first, second = recorded(desk_url)
    assert before <= first.occurred_at <= first.recorded_at <= second.occurred_at <= second.recorded_at


@pytest.mark.usefixtures("ahead")
async def test_it_is_the_database_that_is_asked(desk_url: str) -> None:
    desk = ServiceDesk(LogConnection(desk_url, TENANT))
    before = database_now(desk_url)
    await received(desk)
    await desk.close()
    assert before <= recorded(desk_url)[0].occurred_at <= database_now(desk_url)


LASTING = StoreSettings(clock=math.inf, append=math.inf)
"""The last reading of the clock counts for ever."""
NEVER_LASTING = StoreSettings(clock=0.0)
"""The clock is read each time."""


@pytest.mark.usefixtures("ahead")
async def test_what_the_append_says_is_newer_than_what_was_asked(desk_url: str) -> None:
    desk = ServiceDesk(LogConnection(desk_url, TENANT, LASTING))
    stream = await received(desk)
    await desk.handle(stream, NOTE, by())
    await desk.close()
    first, second = recorded(desk_url)
    assert first.occurred_at - first.recorded_at > HOUR / 2
    assert second.occurred_at <= second.recorded_at


async def test_a_clock_that_was_moved_is_seen_within_a_second(desk_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LogConnection(desk_url, TENANT, LASTING)
    before = await log.now()
    monkeypatch.setattr(reader, "NOW", "select clock_timestamp() - interval '1 hour'")
    assert before <= await log.now()
    log.settings = NEVER_LASTING
    assert await log.now() < before
    await log.close()


async def test_the_future_begins_where_the_database_s_clock_says(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = LogConnection(desk_url, TENANT)
    desk = ServiceDesk(log)
    stream = await received(desk)
    soon = AddNote(body="n", occurred_at=database_now(desk_url) + HOUR)
    with pytest.raises(Refusal, match="future"):
        await desk.handle(stream, soon, by())
    monkeypatch.setattr(reader, "NOW", "select clock_timestamp() + interval '1 hour'")
    log.settings = NEVER_LASTING
    assert (await desk.handle(stream, soon, by())).answer.version == 2
    await desk.close()


async def test_an_append_that_took_long_is_not_believed_about_the_time(
    desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock was read before the disk was waited for: facts of other desks would seem to come after later ones."""
    desk = ServiceDesk(LogConnection(desk_url, TENANT, StoreSettings(append=0.0)))
    stream = await received(desk)
    monkeypatch.setattr(reader, "NOW", "select clock_timestamp() + interval '1 hour'")
    await desk.handle(stream, NOTE, by())
    await desk.close()
    first, second = recorded(desk_url)
    assert second.occurred_at - first.occurred_at > HOUR / 2
