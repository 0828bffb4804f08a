"""What the SLA watch cannot announce is told to its operators, once."""

import logging
from uuid import UUID

import psycopg
import pytest

from api.workers.due_scanner import DueScanner
from api.workers.due_watch import DueWatch
from api.workers.sla_alerts import SLA_ALERTS
from api.workers.watching import ScanSettings
from domain.command_handling.pending_command import CommandIdReused, CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.refusal import Refusal
from domain.ticket import commands as c
from tests.support.sla_watching import Watched, watching

pytestmark = pytest.mark.anyio


async def looked_twice(watch: DueWatch, caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    """What two looks have told: how grave, and whether with a traceback."""
    caplog.clear()
    for _ in range(2):
        await watch.step()
    records = [record for record in caplog.records if record.name.startswith("api.")]
    return [(record.levelname, record.exc_info is not None) for record in records]


async def test_a_history_that_cannot_be_judged_is_told_once_until_it_has_changed(
    watched_desk: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    ticket, _sound = [await watched_desk.receive() for _ in range(2)]
    watched_desk.follow()
    with psycopg.connect(watched_desk.url, autocommit=True) as connection:
        connection.execute("update tenant_default.events set state = '{}' where stream = %s", [ticket])
        watched_desk.clock.at(16)
        async with watching(watched_desk) as watch:
            assert await looked_twice(watch, caplog) == [("ERROR", True)]
            connection.execute("update tenant_default.events set version = 7 where stream = %s", [ticket])
            assert await looked_twice(watch, caplog) == [("ERROR", True)]


@pytest.mark.parametrize(
    "answer", [Refusal("ticket_closed", "the ticket is closed", "closed"), CommandIdReused("again")]
)
async def test_an_announcement_that_is_refused_is_told_once_until_its_ticket_has_changed(
    watched_desk: Watched, caplog: pytest.LogCaptureFixture, answer: Exception
) -> None:
    caplog.set_level(logging.INFO)
    ticket = await watched_desk.receive()
    watched_desk.follow()
    watched_desk.clock.at(16)

    class Refusing(ServiceDesk):
        async def handle(self, *_: object) -> CommandResult:
            raise answer

    async with watching(watched_desk, make_desk=Refusing) as watch:
        assert await looked_twice(watch, caplog) == [("WARNING", False)]
        assert str(ticket) in caplog.text
        await watched_desk.ask(ticket, c.AddNote(body="seen"))
        assert await looked_twice(watch, caplog) == [("WARNING", False)]


async def test_the_faults_of_no_more_than_so_many_tickets_are_remembered(watched_desk: Watched) -> None:
    with psycopg.connect(watched_desk.url) as connection:
        scanner = DueScanner(connection, "default", SLA_ALERTS, ScanSettings(logged=2))
    first, second, third = (UUID(int=number) for number in (1, 2, 3))
    assert [scanner.is_news(ticket, 1) for ticket in (first, second, first, third)] == [True, True, False, True]
    assert [scanner.is_news(ticket, 1) for ticket in (first, third, second)] == [False, False, True]
