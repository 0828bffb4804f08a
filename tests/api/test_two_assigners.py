"""Two assigners of a tenant: one works; two by accident give no ticket twice and exceed a capacity at most visibly."""

import asyncio
import logging
from collections import Counter
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.workers import assigner as module
from api.workers.leader_election import Lead
from domain.availability.commands import GoAway
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.ids import new_id
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket.commands import AssignTicket
from projections.assignments.readings import agents_now
from projections.availability.table import AVAILABILITY
from tests.support.assigning import AT_ONCE, Assigned, assigned_at
from tests.support.catching_up import catch_up

pytestmark = pytest.mark.anyio


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every assigner works, as if the lock had failed."""
    monkeypatch.setattr(Lead, "is_held_by", lambda *_: True)


async def test_the_second_assigner_works_when_the_first_has_gone(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        async with desk.assigner() as second:
            async with desk.assigner() as first:
                first_ticket = await desk.ticket()
                await desk.settle(first)
                waiting = await desk.ticket()
                await desk.settle(second)
                assert (desk.holder(first_ticket), desk.of(waiting)) == ("an", [])
            await desk.settle(second)
            assert desk.holder(waiting) == "an"


@pytest.mark.usefixtures("no_lock")
async def test_two_at_once_give_each_ticket_once(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce(*({"name": name, "capacity": 4} for name in ("an", "binh", "chi")))
        await desk.routing()
        tickets = [await desk.ticket() for _ in range(20)]
        async with desk.assigner() as first, desk.assigner() as second:
            for _ in range(6):
                desk.follow()
                await asyncio.gather(first.step(), second.step())
        given = [[each.agent for each in desk.of(ticket) if each.agent] for ticket in tickets]
        assert max(map(len, given)) == 1
        held = Counter(agent for agents in given for agent in agents)
        assert set(held) == {"an", "binh", "chi"}
        assert all(4 <= count <= 5 for count in held.values())


async def _chosen_on_old_rows(desk: Assigned) -> list[str | None]:
    """An assigner gives a ticket to an, who then goes away; another one chooses binh on the rows of before."""
    await desk.workforce({"name": "an"}, {"name": "binh"})
    await desk.routing()
    ticket = await desk.ticket()
    desk.follow()
    async with desk.assigner() as first, desk.assigner() as second:
        await first.step()
        await desk.say(GoAway(agent="an"))
        catch_up(desk.url, "default", [AVAILABILITY])
        await second.step()
    return [each.agent for each in desk.of(ticket)]


@pytest.mark.usefixtures("no_lock")
async def test_a_choice_on_old_rows_is_not_recorded(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        assert await _chosen_on_old_rows(desk) == ["an"]


@pytest.mark.usefixtures("no_lock")
async def test_without_the_version_and_the_id_of_the_choice_the_ticket_would_be_given_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(actor: Any, _command_id: str, origin: Any, **_given: Any) -> CommandContext:
        return CommandContext(actor, str(new_id()), origin)

    monkeypatch.setattr(module, "CommandContext", unguarded)
    async with assigned_at(database_url) as desk:
        assert await _chosen_on_old_rows(desk) == ["an", "binh"]


@pytest.mark.usefixtures("no_lock")
async def test_a_capacity_that_two_have_exceeded_is_logged_and_shown(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "capacity": 1})
        await desk.routing()
        former, latter = await desk.ticket(), await desk.ticket()
        for ticket in (former, latter):
            await desk.ask(ticket, AssignTicket(team="Support"))
        desk.follow()

        class Refusing(ServiceDesk):
            async def handle(self, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
                if stream == former:
                    raise Refusal("refused", "the former ticket is refused", "assigned")
                return await super().handle(stream, command, context)

        async with desk.assigner() as first, desk.assigner(make_desk=Refusing) as second:
            await first.step()
            for _ in range(2):  # its second look leaves out what was refused, and its rows show no assignment yet
                await second.step()
                desk.clock.now += AT_ONCE.every
            assert [desk.holder(ticket) for ticket in (former, latter)] == ["an", "an"]
            with caplog.at_level(logging.INFO, module.__name__):
                await desk.settle(first)
                await desk.settle(first)
        assert [record.message for record in caplog.records if record.levelno == logging.INFO] == [
            "agent an holds more than the capacity"
        ]
        with psycopg.connect(database_url) as connection:
            (an,) = agents_now(connection, "default", desk.clock.now)
        assert (an.over_capacity, an.load) == (True, 2.0)
