"""The watch goes by the database's clock, wherever it runs itself, and whatever happens to that clock."""

from datetime import timedelta

import psycopg
import pytest

from api.workers.due_watch import DueWatch
from api.workers.sla_alerts import SLA_ALERTS
from api.workers.watching import USUAL_SCAN
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.store import LogConnection
from domain.ticket import commands as c
from tests.support.sla_watching import Watched, watched

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def look(watched_desk: Watched) -> None:
    """As the watch runs when it is served: nobody gives it a clock."""
    watched_desk.follow()
    desk = ServiceDesk(LogConnection(watched_desk.url, "default"))
    with psycopg.connect(watched_desk.url, autocommit=True) as connection:
        await DueWatch(connection, "default", desk, dues=[SLA_ALERTS]).step()
    await desk.close()


def put_the_clock_back(url: str, by: timedelta) -> None:
    """What was recorded before it was put back has later times than now; the log's times never go back."""
    with psycopg.connect(url) as connection:
        connection.execute("update tenant_default.log_head set recorded_at = clock_timestamp() + %s", [by])


async def test_after_the_clock_was_put_back_what_is_late_is_announced_at_once(database_url: str) -> None:
    async with watched(database_url) as watched_desk:
        put_the_clock_back(database_url, timedelta(hours=1))
        ticket = await watched_desk.receive()
        await look(watched_desk)
        assert watched_desk.announced(ticket) == ["first_response 1 breached", "resolution 1 breached"]


async def test_a_past_that_is_being_told_waits_while_the_clock_goes_on(database_url: str) -> None:
    """The control of the one above."""
    async with watched(database_url) as watched_desk:
        put_the_clock_back(database_url, -USUAL_SCAN.quiet)
        ticket = await watched_desk.receive()
        await watched_desk.ask(ticket, c.StartWork())
        await look(watched_desk)
        assert watched_desk.announced(ticket) == []
