"""The SLA watch announces what the clocks say: once, when it is true, and nothing else."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from api.workers.due import JudgedStream
from api.workers.sla_alerts import SLA_ALERTS
from api.workers.watching import ScanSettings, WatchSettings
from domain.customer.commands import ChangeTier, RegisterCustomer
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.advisory_locks import alerts_lock
from domain.sla.calendar.microseconds import from_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.events import SlaBreached, SlaWarned
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY
from domain.ticket import commands as c
from domain.ticket.commands import PrioritiseTicket
from projections.engine.rebuild import compare
from projections.sla.table import SLA_CLOCKS
from tests.support.events import CUSTOMER, IMPORT, at, history, instant, received
from tests.support.examples import examples
from tests.support.histories import histories
from tests.support.judged_dues import judged_by_both
from tests.support.log import append_history
from tests.support.sla_watching import Watched, watched, watching

pytestmark = pytest.mark.anyio


async def test_a_target_is_breached_right_after_its_deadline_and_not_at_it(watched_desk: Watched) -> None:
    ticket = await watched_desk.receive()
    watched_desk.clock.at(15)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == []
    watched_desk.clock.at(15, microseconds=1)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["first_response 1 breached"]


async def test_an_announcement_tells_when_it_became_true_and_that_the_watch_made_it(watched_desk: Watched) -> None:
    ticket = await watched_desk.receive()
    watched_desk.clock.at(60 * 24 * 9)
    with psycopg.connect(watched_desk.url) as connection:
        (before,) = connection.execute("select clock_timestamp()").fetchone() or ()
    await watched_desk.follow_and_announce()
    response, resolution = [event for event in watched_desk.log() if event.stream == ticket][1:]
    assert (response.occurred_at, resolution.occurred_at) == (instant(15), instant(60))
    assert response.recorded_at > before
    assert resolution.payload == SlaBreached(target="resolution", instance=1, activated_by=1, due_at=instant(60))
    assert (resolution.envelope.actor.id, resolution.envelope.actor.kind) == ("sla-watch", "system")


async def test_a_past_that_is_still_being_told_is_announced_once_it_is_told(watched_desk: Watched) -> None:
    ticket = await watched_desk.receive()
    watched_desk.clock.at(60 * 24)
    await watched_desk.follow_and_announce(WatchSettings(scan=ScanSettings(quiet=timedelta(hours=1))))
    assert watched_desk.announced(ticket) == []
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["first_response 1 breached", "resolution 1 breached"]


async def test_the_watch_sleeps_until_the_next_deadline_and_no_longer_than_a_poll(watched_desk: Watched) -> None:
    await watched_desk.receive()
    watched_desk.follow()
    async with watching(watched_desk) as watch:
        assert await watch.step() == WatchSettings().listener.poll
        watched_desk.clock.now = instant(15) - timedelta(seconds=0.25)
        assert await watch.step() == pytest.approx(0.25, abs=0.00001)
        watched_desk.clock.at(15)
        assert 0 < await watch.step() < 0.00001


async def test_warnings_come_in_their_order_and_before_the_breach(watched_desk: Watched) -> None:
    await watched_desk.publish({"resolution": {"duration": "60m", "warn_at": [0.5, 0.75]}})
    ticket = await watched_desk.receive()
    watched_desk.clock.at(50)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 0.5", "resolution 1 0.75"]
    watched_desk.clock.at(70)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 0.5", "resolution 1 0.75", "resolution 1 breached"]
    late = await watched_desk.receive()
    watched_desk.clock.at(140)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(late) == ["resolution 1 0.5", "resolution 1 0.75", "resolution 1 breached"]


async def test_two_warnings_at_one_instant_are_both_announced_with_what_the_policy_says_of_each(
    watched_desk: Watched,
) -> None:
    await watched_desk.publish(
        {"priority": "P1", "resolution": "8h"},
        {"resolution": {"duration": "4h", "warn_at": ["1h before", 0.5]}},
    )
    ticket = await watched_desk.receive()
    watched_desk.clock.at(200)
    await watched_desk.ask(ticket, PrioritiseTicket(priority="P3", reason="not so urgent"))
    watched_desk.clock.at(201)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 0.5", "resolution 1 0.75 (3600 s before)"]
    await watched_desk.follow_and_announce()
    assert len(watched_desk.announced(ticket)) == 2


async def test_two_watches_at_once_announce_everything_once(watched_desk: Watched) -> None:
    tickets = [await watched_desk.receive() for _ in range(40)]
    watched_desk.follow()
    watched_desk.clock.at(61)
    due = judged_by_both(SLA_ALERTS)
    async with watching(watched_desk, dues=[due]) as first, watching(watched_desk, dues=[due]) as second:
        await asyncio.gather(first.step(), second.step())
        watched_desk.follow()
        await asyncio.gather(first.step(), second.step())
    assert Counter(event.stream for event in watched_desk.log()) == dict.fromkeys(tickets, 3)


async def test_a_watch_that_is_started_again_announces_nothing_again(watched_desk: Watched) -> None:
    await watched_desk.receive()
    watched_desk.clock.at(61)
    await watched_desk.follow_and_announce()
    announced = watched_desk.announced()
    async with watching(watched_desk) as watch:  # the rows still say that everything is to be announced
        await watch.step()
    await watched_desk.follow_and_announce()
    assert watched_desk.announced() == announced == ["first_response 1 breached", "resolution 1 breached"]


async def test_a_pause_before_the_deadline_moves_it_even_when_the_rows_do_not_know_yet(watched_desk: Watched) -> None:
    ticket = await watched_desk.receive()
    await watched_desk.ask(ticket, c.AssignTicket(agent="an"))
    await watched_desk.ask(ticket, c.SendReply(body="We are looking"))
    watched_desk.follow()
    watched_desk.clock.at(50)
    await watched_desk.ask(ticket, c.PutOnHold(waiting_for="customer", reason="asked for the order number"))
    watched_desk.clock.at(61)
    async with watching(watched_desk) as watch:
        await watch.step()
    assert watched_desk.announced() == []
    watched_desk.clock.at(100)
    await watched_desk.ask(ticket, c.ReceiveMessage(body="4711"))
    watched_desk.clock.at(110)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced() == []
    watched_desk.clock.at(111)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced() == ["resolution 1 breached"]
    assert watched_desk.log()[-1].occurred_at == instant(110)


async def test_a_ticket_is_not_judged_again_before_its_rows_have_caught_up(watched_desk: Watched) -> None:
    judged: list[UUID] = []

    def noted(*arguments: Any) -> list[JudgedStream]:
        findings = SLA_ALERTS.judge(*arguments)
        judged.extend(finding.candidate for finding in findings)
        return findings

    ticket = await watched_desk.receive()
    watched_desk.follow()
    async with watching(watched_desk, dues=[SLA_ALERTS._replace(judge=noted)]) as watch:
        watched_desk.clock.at(16)
        await watch.step()
        await watch.step()
        assert judged == [ticket]
        watched_desk.clock.at(61)
        await watch.step()
        assert judged == [ticket]
        watched_desk.follow()
        await watch.step()
        assert judged == [ticket, ticket]
    assert watched_desk.announced() == ["first_response 1 breached", "resolution 1 breached"]


async def test_rows_that_do_not_catch_up_hold_up_no_other_ticket(watched_desk: Watched) -> None:
    tickets = [await watched_desk.receive() for _ in range(10)]
    watched_desk.follow()
    watched_desk.clock.at(16)
    pages_of_three = WatchSettings(scan=ScanSettings(page=3, quiet=timedelta(0)))
    async with watching(watched_desk, pages_of_three) as watch:
        assert [await watch.step() for _ in range(4)] == [0, 0, 0, WatchSettings().listener.poll]
    assert Counter(event.stream for event in watched_desk.log()) == dict.fromkeys(tickets, 2)


async def test_a_ticket_that_cannot_be_judged_holds_up_no_other(watched_desk: Watched) -> None:
    broken, *tickets = [await watched_desk.receive() for _ in range(5)]
    watched_desk.follow()
    with psycopg.connect(watched_desk.url) as connection:
        connection.execute("update tenant_default.events set state = '{}' where stream = %s", [broken])
    watched_desk.clock.at(16)
    async with watching(watched_desk) as watch:
        assert await watch.step() == WatchSettings().listener.poll
    with psycopg.connect(watched_desk.url) as connection:
        histories = reader.streams(connection, "default", tickets, 100)
    assert [len(histories[ticket]) for ticket in tickets] == [2, 2, 2, 2]


async def test_a_tier_chooses_what_is_announced(watched_desk: Watched) -> None:
    await watched_desk.publish({"customer_tier": "gold", "resolution": "10m"}, {"resolution": "60m"})
    await watched_desk.ask(CUSTOMER, RegisterCustomer(name="Lan", tier="standard"))
    ticket = await watched_desk.receive(customer=CUSTOMER)
    watched_desk.clock.at(11)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == []
    await watched_desk.ask(CUSTOMER, ChangeTier(tier="gold"))
    watched_desk.clock.at(12)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 breached"]


async def test_nothing_is_announced_of_an_imported_ticket(watched_desk: Watched) -> None:
    append_history(watched_desk.url, history(at(0, received(), IMPORT)))
    own = append_history(watched_desk.url, history(at(0, received())))
    watched_desk.clock.at(60 * 24 * 9)
    await watched_desk.follow_and_announce()
    assert (
        watched_desk.announced()
        == watched_desk.announced(own)
        == ["first_response 1 breached", "resolution 1 breached"]
    )


async def test_a_clock_that_is_put_back_announces_nothing_twice(watched_desk: Watched) -> None:
    await watched_desk.receive()
    watched_desk.clock.at(61)
    await watched_desk.follow_and_announce()
    for minute in (0, 61, 10, 90):
        watched_desk.clock.at(minute)
        await watched_desk.follow_and_announce()
    assert watched_desk.announced() == ["first_response 1 breached", "resolution 1 breached"]


async def test_nothing_is_announced_while_the_past_is_still_being_told(watched_desk: Watched) -> None:
    ticket = await watched_desk.receive()
    watched_desk.clock.at(61)
    with psycopg.connect(watched_desk.url, autocommit=True) as connection, alerts_lock("default").held(connection):
        await watched_desk.follow_and_announce()
        assert watched_desk.announced() == []
        await watched_desk.ask(ticket, c.SendReply(body="We are looking", occurred_at=instant(10)))
    await watched_desk.follow_and_announce()
    assert watched_desk.announced() == ["resolution 1 breached"]


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(max_size=9).filter(lambda events: events[0].envelope.actor != IMPORT))
def test_what_is_announced_is_what_the_clock_says_at_every_instant(
    database_url: str, events: list[RecordedEvent]
) -> None:
    ticket = append_history(database_url, events)

    async def announce() -> None:
        async with watched(database_url) as watched_desk:
            for minute in (1, 60, 60 * 24, 60 * 24 * 120):
                watched_desk.clock.at(minute)
                await watched_desk.follow_and_announce()
                await watched_desk.follow_and_announce()
                expected = {
                    (clock.target, clock.number, fact.fraction or 1, from_microseconds(fact.at))
                    for clock in clocks(events, DEFAULT_POLICY_HISTORY, watched_desk.clock.now)
                    for fact in clock.facts
                    if fact.kind in {"warned", "breached"}
                }
                alerts = [
                    (event.payload.target, event.payload.instance, fraction_of(event.payload), event.occurred_at)
                    for event in watched_desk.log()
                    if event.stream == ticket and isinstance(event.payload, SlaWarned | SlaBreached)
                ]
                assert sorted(alerts) == sorted(expected)

    asyncio.run(announce())
    assert all(comparison.same for comparison in compare(database_url, "default", [SLA_CLOCKS]))


def fraction_of(payload: SlaWarned | SlaBreached) -> float:
    return payload.fraction if isinstance(payload, SlaWarned) else 1
