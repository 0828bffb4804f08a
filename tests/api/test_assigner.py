"""The assigner gives tickets to agents by the published routing."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from domain.availability.commands import GoAway
from domain.ticket import commands as t
from domain.ticket.events import AssignmentProposed, TicketAssigned
from tests.support.assigning import assigned_at
from tests.support.events import IMPORT, MINUTE

pytestmark = pytest.mark.anyio


async def test_nothing_is_assigned_until_a_routing_is_published(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        ticket = await desk.ticket()
        await desk.assign()
        assert desk.of(ticket) == []
        await desk.routing()
        await desk.assign()
        assert desk.holder(ticket) == "an"


async def test_an_assignment_says_rule_and_version_and_why_nobody_else(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "skills": ["vi"]}, {"name": "binh"}, {"name": "chi", "skills": ["vi"]})
        await desk.routing(rules=[{"name": "otp", "when": {"category": "Login"}, "team": "Support", "skills": ["VI"]}])
        await desk.say(GoAway(agent="chi"))
        ticket = await desk.ticket()
        await desk.assign()
        (assigned,) = desk.of(ticket)
        routing = assigned.routing
        assert routing is not None
        assert (assigned.team, assigned.agent, routing.rule, routing.version) == ("Support", "an", "otp", 1)
        assert (routing.because, routing.considered) == ("only_one", 3)
        assert [(each.agent, each.why) for each in routing.candidates] == [
            ("an", "chosen"),
            ("binh", "skills_missing"),
            ("chi", "away"),
        ]
        (event,) = [event for event in desk.log() if event.topic == "ticket.assigned"]
        assert (event.envelope.actor.id, event.envelope.actor.kind) == ("assigner", "system")


async def test_the_ticket_that_is_due_first_is_taken_first_when_capacity_frees(database_url: str) -> None:
    """chatwoot#10376, #10583, #10685: the older tickets are not left behind."""
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "capacity": 1})
        await desk.routing()
        held = await desk.ticket(priority="P4")
        await desk.assign()
        waiting = [await desk.ticket(priority=priority) for priority in ("P3", "P1", "P2")]
        await desk.assign()
        assert [desk.holder(ticket) for ticket in (held, *waiting)] == ["an", None, None, None]
        assert [each.agent for ticket in waiting for each in desk.of(ticket)] == [None, None, None]
        taken: list[UUID] = []
        for _ in waiting:
            await desk.resolve(([held, *taken])[-1])
            desk.clock.now += MINUTE
            await desk.assign()
            taken += [ticket for ticket in waiting if desk.holder(ticket) == "an" and ticket not in taken]
        assert taken == [waiting[1], waiting[2], waiting[0]]


async def test_a_ticket_on_hold_takes_no_capacity(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "capacity": 1})
        await desk.routing()
        first = await desk.ticket()
        await desk.assign()
        second = await desk.ticket()
        await desk.assign()
        assert desk.holder(second) is None
        await desk.ask(first, t.PutOnHold(waiting_for="customer", reason="asked"))
        await desk.assign()
        assert desk.holder(second) == "an"


async def test_what_a_person_has_assigned_is_never_overridden(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh"})
        await desk.routing()
        ticket = await desk.ticket()
        await desk.ask(ticket, t.AssignTicket(team="Support", agent="binh"))
        await desk.ask(ticket, t.ResolveTicket(resolution="done"))
        await desk.say(GoAway(agent="binh"))
        await desk.ask(ticket, t.ReopenTicket(reason="again"))
        await desk.assign()
        assert desk.holder(ticket) == "binh"
        assert [type(each) for each in desk.of(ticket)] == [TicketAssigned, AssignmentProposed]
        assert desk.of(ticket)[-1].agent == "an"
        await desk.assign()
        assert len(desk.of(ticket)) == 2


async def test_a_team_that_a_person_has_chosen_stays_and_gets_an_agent(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh", "team": "Network"})
        await desk.routing()
        ticket = await desk.ticket()
        await desk.ask(ticket, t.AssignTicket(team="Network"))
        await desk.assign()
        assert desk.holder(ticket) == "binh"


async def test_a_reopened_ticket_stays_with_its_agent_who_is_there_and_is_chosen_anew_otherwise(
    database_url: str,
) -> None:
    """chatwoot#9587: an agent who is away does not keep a reopened ticket."""
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh"})
        await desk.routing(sticky_days=0)
        ticket, other = await desk.ticket(), await desk.ticket()
        await desk.assign()
        assert {desk.holder(ticket), desk.holder(other)} == {"an", "binh"}
        for each in (ticket, other):
            await desk.resolve(each)
        gone = desk.holder(ticket) or ""
        stays = desk.holder(other) or ""
        await desk.say(GoAway(agent=gone))
        for each in (ticket, other):
            await desk.ask(each, t.ReopenTicket(reason="again"))
        await desk.assign()
        assert (desk.holder(ticket), desk.holder(other)) == (stays, stays)
        assert len(desk.of(other)) == 1


async def test_imported_tickets_are_left_alone_unless_the_routing_says_otherwise(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"})
        await desk.routing()
        imported = await desk.ticket(by=IMPORT)
        await desk.assign()
        assert desk.of(imported) == []
        await desk.routing(imported=True)
        await desk.assign()
        assert desk.holder(imported) == "an"


async def test_rules_look_at_the_customer(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh", "team": "Network"})
        await desk.routing(
            rules=[
                {"name": "vip", "when": {"tier": "VIP"}, "team": "Network"},
                {"name": "vi", "when": {"language": "en"}, "team": "Network"},
            ]
        )
        vip = await desk.ticket(await desk.customer(tier="vip"))
        other = await desk.ticket()
        await desk.assign()
        assert (desk.holder(vip), desk.holder(other)) == ("binh", "an")


async def test_a_customer_comes_back_to_the_agent_of_the_last_ticket(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an"}, {"name": "binh"})
        await desk.routing()
        customer = await desk.customer()
        first = await desk.ticket(customer)
        await desk.ask(first, t.AssignTicket(agent="binh"))
        await desk.resolve(first)
        desk.clock.now += timedelta(days=30)
        second = await desk.ticket(customer)
        await desk.assign()
        assert desk.holder(second) == "binh"
        assert [each.routing.because for each in desk.of(second) if each.routing] == ["sticky"]


async def test_skills_are_dropped_one_after_the_other_while_a_ticket_waits(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "skills": ["a"]}, {"name": "binh"})
        await desk.routing(rules=[{"name": "r", "team": "Support", "skills": ["a", "b", "c"]}], drop_skills_after="10m")
        ticket = await desk.ticket()
        async with desk.assigner() as assigner:
            for minutes in (0, 10, 19):
                desk.clock.at(minutes)
                await desk.settle(assigner)
                assert desk.holder(ticket) is None
            desk.clock.at(20)
            await desk.settle(assigner)
        assigned = desk.of(ticket)[-1]
        assert assigned.agent == "an"
        assert assigned.routing is not None
        assert assigned.routing.dropped == ("b", "c")


async def test_the_whole_queue_is_taken_in_the_order_of_its_due_times(database_url: str) -> None:
    async with assigned_at(database_url) as desk:
        await desk.workforce({"name": "an", "capacity": 4})
        await desk.routing()
        priorities = ["P4", "P1", "P3", "P2", "P1", "P4", "P2", "P3", "P3", "P1"]
        for number, priority in enumerate(priorities):
            desk.clock.at(number * 11)
            await desk.ticket(priority=priority)
        desk.clock.at(200)
        desk.follow()
        with psycopg.connect(database_url) as connection:
            statement = (
                "select min(c.due_at), t.received_at, ticket from tenant_default.tickets t"
                " join tenant_default.sla_clocks c using (ticket) where c.state = 'running' group by ticket"
            )
            order = [ticket for *_, ticket in sorted(connection.execute(statement))]
        assert len(order) == len(priorities)
        taken: list[UUID] = []
        async with desk.assigner() as assigner:
            while len(taken) < len(order):
                await desk.settle(assigner)
                now = [ticket for ticket in order if desk.holder(ticket) and ticket not in taken]
                taken += now
                await desk.resolve(*now)
        assert taken == order
