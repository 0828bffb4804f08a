"""A lead's task about a ticket that nobody could take is done when somebody holds the ticket."""

from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from api.workers.answered_tasks import ANSWERED_TASKS
from api.workers.due import Due
from api.workers.due_watch import DueWatch
from domain.messages import Command
from domain.task.commands import AssignTask, ReopenTask
from domain.task.events import TaskDone, TaskOpened
from domain.ticket import commands as t
from tests.support.assigning import Assigned, assigned_at
from tests.support.events import MINUTE

pytestmark = pytest.mark.anyio


async def untaken(desk: Assigned) -> tuple[UUID, UUID]:
    """A ticket that nobody can take, and the task of the lead about it."""
    await desk.workforce({"name": "an"}, teams=({"name": "Support", "lead": "mai"},))
    await desk.routing(rules=[{"name": "r", "team": "Support", "skills": ["x"]}], tell_lead_after="1s")
    ticket = await desk.ticket()
    for _ in range(2):
        await desk.assign()
        desk.clock.now += MINUTE
    (task,) = [event.stream for event in desk.log() if isinstance(event.payload, TaskOpened)]
    return ticket, task


async def watch(desk: Assigned, dues: Sequence[Due] = (ANSWERED_TASKS,)) -> None:
    """Follows and looks twice, which changes nothing more."""
    with psycopg.connect(desk.url, autocommit=True) as connection:
        for _ in range(2):
            desk.follow()
            await DueWatch(connection, "default", desk.desk, desk.clock, dues=dues).step()


def done(desk: Assigned, task: UUID) -> list[TaskDone]:
    return [event.payload for event in desk.log() if event.stream == task and isinstance(event.payload, TaskDone)]


@pytest.mark.parametrize(
    "command",
    [
        t.AssignTicket(team="Support", agent="an"),
        t.ResolveTicket(resolution="done"),
        t.CancelTicket(cancelled_by="agent", cancelled_as="spam"),
    ],
)
async def test_it_is_done_when_an_agent_holds_the_ticket_or_the_ticket_ends(
    database_url: str, command: Command
) -> None:
    async with assigned_at(database_url) as desk:
        ticket, task = await untaken(desk)
        await watch(desk)
        assert done(desk, task) == []
        await desk.ask(ticket, command)
        await watch(desk)
        assert len(done(desk, task)) == 1
        (event,) = [event for event in desk.log() if isinstance(event.payload, TaskDone)]
        assert (event.envelope.actor.id, event.envelope.actor.kind) == ("due-watch", "system")


async def test_another_team_without_an_agent_leaves_it_open(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        ticket, task = await untaken(desk)
        await desk.ask(ticket, t.AssignTicket(team="Network"))
        await watch(desk)
        assert done(desk, task) == []


async def test_a_task_that_a_person_has_reopened_stays_open(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        ticket, task = await untaken(desk)
        await desk.ask(task, AssignTask(agent="binh"))
        await desk.ask(ticket, t.AssignTicket(team="Support", agent="an"))
        await watch(desk)
        assert len(done(desk, task)) == 1
        await desk.ask(task, ReopenTask(reason="it is not over"))
        await watch(desk)
        assert len(done(desk, task)) == 1


async def test_without_its_row_in_the_watch_the_task_stays_open(database_url: str) -> None:
    """The control: nothing else ends it."""
    async with assigned_at(database_url) as desk:
        ticket, task = await untaken(desk)
        await desk.ask(ticket, t.AssignTicket(team="Support", agent="an"))
        await watch(desk, ())
        assert done(desk, task) == []
