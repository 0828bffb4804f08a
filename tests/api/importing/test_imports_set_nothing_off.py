"""With every shipped rule and procedure adopted and routing published, an imported history sets nothing off."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.simulation.workforce import own_definitions
from api.workers.assigner import Assigner
from api.workers.due_watch import DueWatch
from domain.command_handling.service_desk import Now, ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.definitions.state import definition_stream
from domain.event_log.store import LogConnection
from domain.ticket import commands as t
from tests.support.automating import LONG_AGO, Automated, automated, react
from tests.support.catching_up import catch_up
from tests.support.importing.imported import mapped_history
from tests.support.worker_sessions import worker_session

WORDS = ["An", "Support", "billing", "high", "phone", "An Phát", ""]
LATER = timedelta(days=45)


async def everything_adopted(desk: Automated) -> None:
    for kind in kinds_shipped():
        for name, text in shipped_files(kind).items():
            body = read_definition_file(text).body.model_dump(mode="json")
            command = PublishDefinition(kind=kind, name=name, effective_from=LONG_AGO, body=body, reason="adopted")
            await desk.ask(definition_stream(kind, name), command)
    for stream, command in own_definitions(LONG_AGO.date()):
        await desk.ask(stream, command)


def rows(now: datetime) -> list[list[str]]:
    """Three tickets of the last hours: resolved, waiting and just received."""

    def row(ticket: str, status: str, minutes: int) -> list[str]:
        return [ticket, status, (now - timedelta(minutes=minutes)).isoformat(), *WORDS]

    return [
        row("T1", "New", 90),
        row("T1", "Active", 80),
        row("T1", "Resolved", 60),
        row("T2", "New", 50),
        row("T2", "Waiting", 40),
        row("T3", "New", 5),
    ]


async def let_all_act(desk: Automated, clock: Now | None = None) -> None:
    """Follows; then the due watch and the assigner act once each until nothing is left for them."""
    catch_up(desk.url)
    own = ServiceDesk(LogConnection(desk.url, "default"), clock)
    with worker_session(desk.url) as connection:
        for watch in (DueWatch(connection, "default", own, clock), Assigner(connection, "default", own, clock)):
            for _ in range(20):
                if await watch.step():
                    break
    await own.close()


@pytest.mark.anyio
@pytest.mark.parametrize("imported", [True, False])
async def test_an_import_sets_nothing_off_and_the_same_by_commands_does(
    database_url: str, tmp_path: Path, *, imported: bool
) -> None:
    now = datetime.now(UTC)
    async with automated(database_url) as desk:
        await everything_adopted(desk)
        async with desk.reactor() as reactor:
            if imported:
                await asyncio.to_thread(mapped_history, database_url, tmp_path, rows(now))
            else:
                ticket = await desk.receive()
                await desk.ask(ticket, t.ResolveTicket(resolution="done"))
                await desk.receive()
            logged = len(desk.log())
            await react(reactor)
            await let_all_act(desk)
            await let_all_act(desk, lambda: now + LATER)
            await react(reactor)
        happened = {event.topic for event in desk.log()[logged:]}
    if imported:
        assert happened == set()
    else:
        assert {"automation.fired", "notification.requested", "ticket.assigned"} <= happened
