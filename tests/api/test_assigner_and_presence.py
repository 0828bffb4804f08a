"""The assigner gives tickets to agents who are there, and tells the lead of those that nobody takes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.availability.commands import BecomeAvailable, BeginCall, EndCall, GoAway
from domain.ticket import commands as t
from domain.ticket.events import AssignmentProposed
from tests.support.assigning import MONDAY, OFFICE, assigned_at
from tests.support.events import MINUTE

pytestmark = pytest.mark.anyio


async def test_an_agent_who_goes_away_after_the_reopening_keeps_the_ticket(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh"})
        await desk.routing(sticky_days=0)
        ticket = await desk.ticket()
        await desk.assign()
        await desk.resolve(ticket)
        await desk.ask(ticket, t.ReopenTicket(reason="again"))
        desk.clock.now += MINUTE
        await desk.say(GoAway(agent=desk.holder(ticket) or ""))
        desk.clock.now += MINUTE
        await desk.assign()
        assert len(desk.of(ticket)) == 1


async def test_an_absence_and_a_call_keep_new_tickets_away_until_they_end(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        await desk.say(GoAway(agent="an", until=desk.clock.now + 30 * MINUTE))
        ticket = await desk.ticket()
        await desk.assign()
        assert desk.holder(ticket) is None
        desk.clock.now += 30 * MINUTE
        await desk.assign()
        assert desk.holder(ticket) == "an"
        await desk.say(BeginCall(agent="an"))
        during_call = await desk.ticket()
        await desk.assign()
        assert desk.holder(during_call) is None
        await desk.say(EndCall(agent="an"))
        await desk.assign()
        assert desk.holder(during_call) == "an"


async def test_nobody_gets_a_ticket_off_shift_and_the_first_of_the_shift_get_what_waits(database_url: str) -> None:
    async with assigned_at(database_url, MONDAY) as desk:
        await desk.calendar(OFFICE)
        await desk.workforce({"name": "an", "calendar": "Office"})
        await desk.routing()
        await desk.say(BecomeAvailable(agent="an"))
        desk.clock.now = MONDAY.replace(hour=10)  # five in the afternoon: the shift has ended
        ticket = await desk.ticket()
        async with desk.assigner() as assigner:
            await desk.settle(assigner)
            assert desk.holder(ticket) is None
            desk.clock.now = datetime(2026, 3, 3, 1, tzinfo=UTC) - timedelta(seconds=1)
            desk.follow()
            await assigner.step()
            assert desk.holder(ticket) is None
            assert await assigner.step() == pytest.approx(1.0)
            desk.clock.now += timedelta(seconds=1)
            await assigner.step()
        assert desk.holder(ticket) == "an"


async def test_the_last_day_is_worked_to_its_end_and_what_is_left_goes_to_others(database_url: str) -> None:
    async with assigned_at(database_url, MONDAY) as desk:
        await desk.workforce({"name": "an", "last_day": date(2026, 3, 2)})
        await desk.routing()
        ticket, by_hand = await desk.ticket(), await desk.ticket()
        await desk.ask(by_hand, t.AssignTicket(agent="an"))
        await desk.assign()
        assert desk.holder(ticket) == "an"
        desk.clock.now = datetime(2026, 3, 2, 17, tzinfo=UTC)  # midnight in Hanoi
        late = await desk.ticket()
        await desk.assign()
        assert (desk.holder(ticket), desk.holder(late)) == ("an", None)
        await desk.workforce({"name": "an", "last_day": date(2026, 3, 2)}, {"name": "binh"})
        await desk.assign()
        assert (desk.holder(ticket), desk.holder(late), desk.holder(by_hand)) == ("binh", "binh", "an")
        assert isinstance(desk.of(by_hand)[-1], AssignmentProposed)


async def test_the_lead_is_told_once_of_a_ticket_that_nobody_can_take(database_url: str) -> None:
    async with assigned_at(database_url, MONDAY) as desk:
        await desk.calendar(OFFICE)
        await desk.workforce({"name": "an"}, teams=({"name": "Support", "lead": "mai", "calendar": "Office"},))
        await desk.routing(rules=[{"name": "r", "team": "Support", "skills": ["x"]}], tell_lead_after="9h")
        ticket = await desk.ticket()
        desk.clock.now = MONDAY.replace(hour=11)  # the office closed at five, eight hours after the receipt
        await desk.assign()
        assert desk.tasks() == []
        desk.clock.now = MONDAY + timedelta(days=1)
        for _ in range(2):
            await desk.assign()
            desk.clock.now += timedelta(hours=1)
        (task,) = desk.tasks()
        assert (task.about, task.about_kind, task.team, task.agent) == (ticket, "ticket", "Support", "mai")
        assert task.source == "routing"
        assert desk.holder(ticket) is None


async def test_on_the_first_day_of_tet_nobody_gets_a_ticket_and_afterwards_the_oldest_come_first(
    database_url: str,
) -> None:
    before_tet = datetime(2026, 2, 13, 2, tzinfo=UTC)
    async with assigned_at(database_url, before_tet) as desk:
        await desk.calendar(OFFICE | {"public_holidays": "VN"})
        await desk.workforce({"name": "an", "calendar": "Office", "capacity": 2})
        await desk.routing()
        desk.clock.now = datetime(2026, 2, 17, 2, tzinfo=UTC)
        tickets = []
        for _ in range(3):
            tickets.append(await desk.ticket())
            desk.clock.now += MINUTE
        await desk.assign()
        assert [desk.holder(ticket) for ticket in tickets] == [None, None, None]
        desk.clock.now = datetime(2026, 2, 23, 2, tzinfo=UTC)
        await desk.assign()
        assert [desk.holder(ticket) for ticket in tickets] == ["an", "an", None]
