"""The assigner beside rows that lag, other actors, faults and a clock that is put back."""

from datetime import timedelta

import psycopg
import pytest

from domain.availability.commands import GoAway
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket import commands as t
from tests.support.assigning import AT_ONCE, MONDAY, OFFICE, assigned_at
from tests.support.events import AGENT

pytestmark = pytest.mark.anyio


async def test_a_choice_for_a_ticket_that_has_changed_meanwhile_is_made_anew(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        ticket = await desk.ticket()
        desk.follow()
        await desk.ask(ticket, t.AssignTicket(team="Support", agent="binh"), AGENT)
        async with desk.assigner() as assigner:
            await assigner.step()  # the rows do not show the person's assignment yet
            assert [each.agent for each in desk.of(ticket)] == ["binh"]
            await desk.settle(assigner)
        assert [each.agent for each in desk.of(ticket)] == ["binh"]


async def test_an_agent_who_went_away_after_the_rows_were_read_gets_nothing(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        ticket = await desk.ticket()
        desk.follow()
        await desk.say(GoAway(agent="an"))
        async with desk.assigner() as assigner:
            await assigner.step()
            assert desk.of(ticket) == []
            await desk.settle(assigner)
        assert desk.holder(ticket) is None


async def test_the_rows_may_lag_behind_what_was_just_assigned(database_url: str) -> None:
    """Two looks on the same rows give an agent no more than the capacity."""
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "capacity": 2})
        await desk.routing()
        tickets = [await desk.ticket() for _ in range(4)]
        for ticket in tickets:
            await desk.ask(ticket, t.AssignTicket(team="Support"), AGENT)
        desk.follow()
        async with desk.assigner() as assigner:
            for _ in range(3):
                await assigner.step()
                desk.clock.now += AT_ONCE.every
        assert sorted(desk.holder(ticket) or "" for ticket in tickets) == ["", "", "an", "an"]


async def test_a_stopped_tenant_assigns_nothing_until_it_is_resumed(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        ticket = await desk.ticket()
        await desk.ask(SWITCHES, StopSwitch(what="tenant", reason="fire"))
        async with desk.assigner() as assigner:
            await desk.settle(assigner)
            assert desk.of(ticket) == []
            await desk.ask(SWITCHES, ResumeSwitch(what="tenant", reason="over"))
            await desk.settle(assigner)
        assert desk.holder(ticket) == "an"


async def test_a_fault_of_the_rows_gives_no_assignment(database_url: str) -> None:
    """Rows of another release are not read."""
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        ticket = await desk.ticket()
        desk.follow()
        with psycopg.connect(database_url) as connection:
            connection.execute("update tenant_default.projection_positions set definition = 'x' where name = 'tickets'")
        async with desk.assigner() as assigner:
            assert await assigner.step() == pytest.approx(1.0)
        assert desk.of(ticket) == []


async def test_a_clock_that_is_put_back_keeps_no_lead_from_being_told(database_url: str) -> None:
    async with assigned_at(database_url, MONDAY + timedelta(days=2)) as desk:
        await desk.workforce({"name": "an", "capacity": 1})
        await desk.routing(tell_lead_after="1m")
        await desk.ticket()
        async with desk.assigner() as assigner:
            await desk.settle(assigner)
            desk.clock.now = MONDAY
            await desk.ticket()
            await desk.settle(assigner)
            assert desk.tasks() == []
            desk.clock.now = MONDAY + timedelta(minutes=5)
            await desk.settle(assigner)
            assert len(desk.tasks()) == 1


async def test_a_clock_that_is_put_back_keeps_no_ticket_from_an_agent(database_url: str) -> None:
    async with assigned_at(database_url, MONDAY) as desk:
        await desk.calendar(OFFICE)
        await desk.workforce({"name": "an", "calendar": "Office"})
        await desk.routing()
        ticket = await desk.ticket()
        desk.clock.now = MONDAY.replace(hour=12)
        async with desk.assigner() as assigner:
            await desk.settle(assigner)
            assert desk.holder(ticket) is None
            desk.clock.now = MONDAY
            await desk.settle(assigner)
            assert desk.holder(ticket) == "an"
