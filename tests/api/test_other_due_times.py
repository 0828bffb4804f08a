"""What becomes due besides the reminders of tickets: silence, ends of holds, steps of procedures, waves."""

import tomllib
from collections.abc import AsyncIterator
from importlib.resources import files
from uuid import UUID

import psycopg
import pytest

from api.workers.sending.recipients import recipients
from domain.customer.commands import ChangeTier, MergeCustomer
from domain.customer.facts.commands import Item, RecordCheckIn, RecordDate, RecordPurchase
from domain.ids import new_id
from domain.notification.events import NotificationRequested
from domain.procedure import events as e
from domain.ticket import commands as c
from tests.support.due_instances import told
from tests.support.events import AGENT, IMPORT
from tests.support.log import append_events, append_history
from tests.support.reminding import BEGINNING, Reminded, reminded, reminding

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


async def test_silence_counts_the_words_with_all_that_are_one_person(desk: Reminded) -> None:
    await desk.rule("silent", {"due": "silent-customer", "days": {"*": 5}})
    survivor, merged = await desk.customer(), await desk.customer()
    await desk.ticket(survivor)
    desk.pass_by(days=2)
    await desk.ticket(merged)
    await desk.ask(merged, MergeCustomer(into=survivor, reason="the same person"))
    desk.now("2030-01-13")
    await desk.look()
    assert desk.recorded() == [], "the last word was two days after the survivor's own"
    desk.now("2030-01-14")
    await desk.look(2)
    (fired,) = desk.automation()
    assert (fired.stream, fired.payload.due) == (survivor, "word/2030-01-09T02:00:00.000000Z")
    desk.pass_by(days=1)
    await desk.look()
    assert len(desk.automation()) == 1


@pytest.mark.parametrize("way", ["a message", "a ticket", "a check-in"])
async def test_a_word_that_the_rows_do_not_know_yet_ends_a_silence(desk: Reminded, way: str) -> None:
    await desk.rule("silent", {"due": "silent-customer", "days": {"*": 5}})
    customer = await desk.customer()
    ticket = await desk.ticket(customer)
    desk.now("2030-01-14")
    desk.follow()
    if way == "a message":
        await desk.ask(ticket, c.ReceiveMessage(body="Still broken"))
    elif way == "a ticket":
        await desk.ticket(customer)
    else:
        await desk.ask(customer, RecordCheckIn(channel="phone", summary="Well"))
    async with reminding(desk) as watch:
        while not await watch.step():
            pass
    assert desk.recorded() == []


async def test_a_service_that_was_bought_before_a_merge_is_told_to_the_survivor(desk: Reminded) -> None:
    tell = [{"do": "notify", "to": "customer", "channel": "email", "purpose": "care", "template": "maintenance"}]
    shipped = files("domain.template") / "shipped" / "maintenance.toml"
    await desk.define("template", tomllib.loads(shipped.read_text(encoding="utf-8"))["body"], "maintenance")
    await desk.rule("service", {"due": "maintenance"}, then=tell)
    survivor, merged = await desk.customer(), await desk.customer()
    item = Item(name="Filter", total=5)
    bought = RecordPurchase(purchase_id="P", items=(item,), total=5, currency="VND", service_every=1)
    await desk.ask(merged, bought)
    await desk.ask(merged, MergeCustomer(into=survivor, reason="the same person"))
    desk.now("2030-01-24")
    await desk.look(2)
    (request,) = [event.payload for event in desk.log() if isinstance(event.payload, NotificationRequested)]
    assert (request.due, request.data["product"]) == ("service/P/1/14", "Filter")
    with psycopg.connect(desk.url) as connection:
        reached = recipients(connection, "default", [UUID(request.to)], 10_000)
    assert reached[UUID(request.to)].members == (survivor, merged)


async def test_a_birthday_that_is_noticed_in_the_evening_is_told_that_day_or_never(desk: Reminded) -> None:
    birthday = tomllib.loads((files("domain.automation") / "shipped" / "birthday.toml").read_text(encoding="utf-8"))
    await desk.define("automation", birthday["body"], "birthday")
    await desk.ask(await desk.customer(), RecordDate(name="birthday", day=20, month=1))
    desk.now("2030-01-20", "20:50")
    await desk.look()
    (request,) = [event.payload for event in desk.log() if isinstance(event.payload, NotificationRequested)]
    desk.now("2030-01-21", "00:00")
    assert (request.due, request.not_after) == ("birthday/2030", desk.clock.now)


async def test_a_birthday_is_missed_on_the_next_day_however_patient_the_rule_is(desk: Reminded) -> None:
    await desk.rule("gift", {"due": "annual-day"}, stale_after="3d")
    await desk.rule("closing", {"due": "resolved-for", "after": "1h"}, stale_after="3d")
    customer, ticket = await desk.customer(), await desk.ticket()
    await desk.ask(customer, RecordDate(name="birthday", day=20, month=1))
    desk.now("2030-01-20")
    await desk.ask(ticket, c.ResolveTicket(resolution="sent"))
    desk.now("2030-01-21", "00:01")
    await desk.look()
    assert desk.recorded(customer) == ["passed_over birthday/2030 missed"]
    assert desk.recorded(ticket) == ["fired resolution/2"]


async def test_a_silence_that_was_due_before_its_last_word_was_imported_is_not_recorded(desk: Reminded) -> None:
    await desk.rule("silent", {"due": "silent-customer", "days": {"*": 5}}, stale_after="90d")
    customer, own = await desk.customer(), await desk.customer()
    desk.now("2030-01-30")
    with psycopg.connect(desk.url) as connection:
        connection.execute("update tenant_default.log_head set recorded_at = '2030-01-30'")
    for caller, by in ((customer, IMPORT), (own, AGENT)):
        receipt = c.ReceiveTicket(
            customer_id=caller, channel="email", subject="a", category="b", priority="P3", occurred_at=BEGINNING
        )
        await desk.ask(new_id(), receipt, by)
    desk.now("2030-01-31")
    await desk.look(2)
    assert [event.stream for event in desk.automation()] == [own]


async def test_an_imported_hold_is_not_ended_by_time_and_a_later_one_of_an_agent_is(desk: Reminded) -> None:
    imported, taken_over = [await desk.ticket(by=IMPORT) for _ in range(2)]
    hold = c.PutOnHold(waiting_for="third_party", reason="the part", until=BEGINNING.replace(day=9))
    for ticket in (imported, taken_over):
        await desk.ask(ticket, c.AssignTicket(agent="an"), IMPORT)
        await desk.ask(ticket, hold, IMPORT)
    await desk.ask(taken_over, c.ResumeWork())
    await desk.ask(taken_over, hold)
    desk.follow()
    assert [source for source, *_ in desk.timers()] == ["hold"]
    desk.now("2030-01-10")
    await desk.look()
    assert [event.stream for event in desk.log() if event.topic == "ticket.work_resumed"] == [taken_over] * 2


async def test_the_step_of_a_procedure_stands_in_the_rows_until_it_is_done(desk: Reminded) -> None:
    opened = e.StepOpened(step="call", kind="task", title="Gọi", due_at=BEGINNING.replace(day=9))
    begun = e.ProcedureStarted(procedure="p", version=1, subject=new_id(), subject_kind="customer")
    stream = append_history(desk.url, told(("2030-01-07 09:00", begun), ("2030-01-07 09:00", opened)))
    desk.follow()
    assert desk.timers() == [("step", "call/2", "2030-01-09 09:00")]
    with psycopg.connect(desk.url, autocommit=True) as connection:
        append_events(connection, stream, e.StepDone(step="call"))
    desk.follow()
    assert desk.timers() == []


async def test_a_wave_asks_the_customers_of_its_segment_as_it_is_at_the_opening(desk: Reminded) -> None:
    await desk.rule("nps", {"due": "nps-wave", "after": "0m"})
    await desk.define("segment", {"members": {"field": "tier", "value": "gold"}}, "Gold")
    wave = {"opens": BEGINNING.replace(day=9), "closes": BEGINNING.replace(day=20), "segment": "Gold"}
    await desk.define("nps-wave", wave, "Spring")
    gold, silver, late = [await desk.customer(tier) for tier in ("gold", "silver", "silver")]
    desk.now("2030-01-09", "09:30")
    await desk.ask(late, ChangeTier(tier="gold"))
    await desk.look()
    fired, passed = "fired wave/Spring/1", "passed_over wave/Spring/1 condition"
    assert [desk.recorded(customer) for customer in (gold, silver, late)] == [[fired], [passed], [passed]]
