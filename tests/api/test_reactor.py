"""The reactor gives the commands of rules: each once, for events behind its beginning and that of the rule."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.workers.reaction import EventPage
from api.workers.reactor import WORKER
from domain.automation import events as a
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.customer.commands import RegisterCustomer
from domain.event_log import reader
from domain.ids import new_id
from domain.messages import Command
from domain.task.events import TaskOpened
from domain.ticket import commands as t
from tests.support.automating import (
    NOTE,
    VIP_FIRST,
    Automated,
    Handle,
    automated,
    caught_up_connection,
    react,
    rule_body,
)
from tests.support.events import CUSTOMER, IMPORT
from tests.support.sla_watching import Standing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


async def test_a_rule_fires_on_the_events_that_its_conditions_hold_for(desk: Automated) -> None:
    await desk.publish("vip-first", VIP_FIRST)
    async with desk.reactor() as reactor:
        urgent, plain = await desk.receive(), await desk.receive(priority="P3")
        await react(reactor)
    assert desk.topics(urgent) == ["ticket.received", "ticket.escalated", "automation.fired"]
    assert desk.topics(plain) == ["ticket.received"]
    received, escalated, fired = desk.history(urgent)
    assert (escalated.envelope.actor.id, escalated.envelope.actor.kind) == ("rule:vip-first", "system")
    assert escalated.envelope.origin is not None
    assert escalated.envelope.origin.channel == "automation"
    assert (escalated.envelope.depth, escalated.envelope.causation_id) == (1, received.envelope.event_id)
    assert fired.payload == a.AutomationFired(
        rule="vip-first", version=1, cause=received.envelope.event_id,
        outcomes=(a.Outcome(command="escalate", stream=urgent, events=1),),
    )  # fmt: skip


async def test_it_begins_at_the_head_and_a_rule_at_the_position_of_its_publication(desk: Automated) -> None:
    early = await desk.receive()
    await desk.publish("vip-first", VIP_FIRST)
    before_the_reactor = await desk.receive()
    async with desk.reactor() as reactor:
        await desk.publish("second", rule_body())
        late = await desk.receive()
        await desk.publish("third", rule_body())
        await react(reactor)
    assert desk.fired(early) == desk.fired(before_the_reactor) == []
    assert desk.fired(late) == ["second", "vip-first"]


async def test_a_reactor_goes_on_where_the_last_one_was(desk: Automated) -> None:
    await desk.publish("vip-first", VIP_FIRST)
    async with desk.reactor():
        pass
    ticket = await desk.receive()
    async with desk.reactor() as reactor:
        await react(reactor)
    assert desk.fired(ticket) == ["vip-first"]
    with psycopg.connect(desk.url) as connection:
        assert reader.worker_position(connection, "default", WORKER) == reader.head(connection, "default")


async def test_a_rule_that_is_not_effective_yet_does_not_fire(desk: Automated) -> None:
    await desk.publish("vip-first", VIP_FIRST)
    await desk.publish("vip-first", VIP_FIRST | {"enabled": False})
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.recorded(ticket) == []


async def test_the_version_in_effect_when_an_event_was_recorded_is_the_one_that_fires(desk: Automated) -> None:
    await desk.publish("noting", rule_body({"do": "add-note", "body": "first"}))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.publish("noting", rule_body({"do": "add-note", "body": "second"}))
        await react(reactor)
    assert [event.payload.body for event in desk.history(ticket) if event.topic == "ticket.note_added"] == ["first"]


async def test_rules_fire_by_number_and_then_by_name_until_one_says_stop(desk: Automated) -> None:
    await desk.publish("b", rule_body(order=1))
    await desk.publish("a", rule_body(order=1))
    await desk.publish("z", rule_body(order=0))
    await desk.publish("stopper", rule_body(order=2, stop=True))
    await desk.publish("never", rule_body(order=3))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.fired(ticket) == ["z", "a", "b", "stopper"]


async def test_a_rule_that_stops_the_others_stops_them_also_when_its_event_comes_again(desk: Automated) -> None:
    await desk.publish("stopper", rule_body(order=1, stop=True))
    await desk.publish("never", rule_body(order=2))
    async with desk.reactor() as first:
        ticket = await desk.receive()
        await react(first)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute("update tenant_default.worker_positions set position = position - 3")
    async with desk.reactor() as second:
        await react(second)
    assert desk.fired(ticket) == ["stopper"]


async def test_a_rule_sees_what_the_rules_before_it_have_done(desk: Automated) -> None:
    await desk.publish("first", rule_body({"do": "prioritise", "priority": "P2"}, order=1))
    await desk.publish("second", rule_body(order=2, when={"field": "ticket.priority", "value": "P2"}))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.fired(ticket) == ["first", "second"]


async def test_two_reactors_at_once_fire_each_rule_once(desk: Automated) -> None:
    await desk.publish("vip-first", VIP_FIRST)
    await desk.publish("noting", rule_body())
    async with desk.reactor() as first, desk.reactor() as second:
        tickets = [await desk.receive() for _ in range(30)]
        await asyncio.gather(react(first), react(second))
    assert all(desk.fired(ticket) == ["noting", "vip-first"] for ticket in tickets)


async def test_a_second_reactor_waits_until_the_first_has_ended(desk: Automated) -> None:
    await desk.publish("noting", rule_body())
    async with desk.reactor() as first, desk.reactor() as second:
        ticket = await desk.receive()
        assert await second.step() > 0
        assert desk.fired(ticket) == []
        await react(first)
        assert desk.fired(ticket) == ["noting"]
    async with desk.reactor() as after_it:
        another = await desk.receive()
        await react(after_it)
    assert desk.fired(another) == ["noting"]


@pytest.mark.parametrize("rows", ["behind the log", "caught up"])
async def test_the_limit_of_a_rule_holds_across_two_reactors(desk: Automated, rows: str) -> None:
    """Control: counted by rows alone, the second reactor would fire twice more while they are behind."""
    await desk.publish("noting", rule_body(limit=2))
    tickets = []
    for _ in range(2):
        async with desk.reactor() as reactor:
            tickets += [await desk.receive() for _ in range(3)]
            await react(reactor)
        if rows == "caught up":
            caught_up_connection(desk).close()
    assert [name for ticket in tickets for name in desk.fired(ticket)] == ["noting", "noting"]


async def test_a_reactor_that_lost_its_note_fires_nothing_twice(desk: Automated) -> None:
    await desk.publish("noting", rule_body({"do": "open-task", "title": "look", "to": "team:Support", "due": "8h"}))
    async with desk.reactor() as reactor:
        tickets = [await desk.receive() for _ in range(5)]
        await react(reactor)
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute("update tenant_default.worker_positions set position = 0")
    async with desk.reactor() as again:
        await react(again)
    assert [desk.fired(ticket) for ticket in tickets] == [["noting"]] * 5
    tasks = [event.payload for event in desk.log() if isinstance(event.payload, TaskOpened)]
    assert sorted(task.about for task in tasks if task.about) == sorted(tickets)
    assert {(task.team, task.source, task.customer_id) for task in tasks} == {("Support", "rule:noting", CUSTOMER)}


async def test_events_of_one_command_are_one_cause(desk: Automated) -> None:
    await desk.publish("noting", {"on": ["ticket.message_received", "ticket.reopened"], "then": [NOTE]})
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.ResolveTicket(resolution="done"))
        await desk.ask(ticket, t.ReceiveMessage(body="no"))
        await react(reactor)
    assert desk.topics(ticket)[2:4] == ["ticket.message_received", "ticket.reopened"]
    assert desk.fired(ticket) == ["noting"]


async def test_a_rule_may_fire_once_for_a_subject(desk: Automated) -> None:
    await desk.publish("noting", rule_body(on="ticket.message_received", once_per="subject"))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for _ in range(3):
            await desk.ask(ticket, t.ReceiveMessage(body="hello"))
            await react(reactor)
    assert desk.fired(ticket) == ["noting"]


async def test_an_import_leads_to_nothing_whatever_the_rules(desk: Automated) -> None:
    await desk.publish("noting", rule_body())
    async with desk.reactor() as reactor:
        ticket = await desk.receive(IMPORT)
        await react(reactor)
    assert desk.recorded(ticket) == []


@pytest.mark.parametrize(
    ("age", "then", "why"),
    [
        (timedelta(hours=1), NOTE, None),
        (timedelta(hours=25), NOTE, "stale"),
        (timedelta(hours=1), {"do": "reply", "template": "received"}, None),
        (timedelta(hours=3), {"do": "reply", "template": "received"}, "stale"),
    ],
)
async def test_a_fact_that_is_told_late_is_passed_over(
    desk: Automated, age: timedelta, then: dict[str, Any], why: str | None
) -> None:
    await desk.publish("telling", rule_body(then))
    async with desk.reactor() as reactor:
        ticket = await desk.receive(occurred_at=datetime.now(UTC) - age)
        await react(reactor)
    (fact,) = desk.recorded(ticket)
    assert (fact.why if isinstance(fact, a.AutomationPassedOver) else None) == why


@pytest.mark.parametrize(("hours", "why"), [(23, None), (25, "missed")])
async def test_what_is_read_later_than_a_rule_waits_is_missed(database_url: str, hours: int, why: str | None) -> None:
    clock = Standing()
    clock.now = datetime.now(UTC) + timedelta(days=1)
    async with automated(database_url, clock) as desk:
        await desk.publish("noting", rule_body())
        async with desk.reactor() as reactor:
            ticket = await desk.receive()
            clock.now += timedelta(hours=hours)
            await react(reactor)
        (fact,) = desk.recorded(ticket)
    assert (fact.why if isinstance(fact, a.AutomationPassedOver) else None) == why


async def test_a_rule_whose_subject_moves_on_between_the_look_and_the_act_is_judged_again(desk: Automated) -> None:
    disturbed = False

    async def disturbing(handle: Handle, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        nonlocal disturbed
        if not disturbed:
            disturbed = True
            await desk.ask(ticket, t.PrioritiseTicket(priority="P3", reason="not urgent"))
        return await handle(stream, command, context)

    await desk.publish("vip-first", VIP_FIRST)
    async with desk.reactor(interpose=disturbing) as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert disturbed
    assert desk.recorded(ticket) == []


async def test_a_rule_reads_the_customer_of_its_subject(desk: Automated) -> None:
    when = {"all": [{"field": "customer.tier", "value": "VIP"}, {"field": "event.channel", "value": "zalo"}]}
    await desk.publish("noting", rule_body(when=when))
    async with desk.reactor() as reactor:
        vip = new_id()
        await desk.ask(vip, RegisterCustomer(name="Lan", tier="vip"))
        of_vip, of_other = await desk.receive(customer=vip), await desk.receive()
        await react(reactor)
    assert desk.fired(of_vip) == ["noting"]
    assert desk.fired(of_other) == []


async def test_a_page_of_long_texts_has_few_events(desk: Automated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PAGE_BYTES", 1)
    pages: list[int] = []

    class Counting:
        def topics(self, _definitions: object) -> frozenset[str]:
            return frozenset({"ticket.received"})

        async def react(self, page: EventPage) -> None:
            pages.append(len(page.events))

    async with desk.reactor([Counting()]) as reactor:
        for _ in range(3):
            await desk.receive()
        await react(reactor)
    assert pages == [1, 1, 1]
