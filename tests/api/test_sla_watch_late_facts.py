"""What is told late, or while the watch is recording: each instance is announced once, by what was known."""

from uuid import UUID

import psycopg
import pytest

from api.workers.sla_alerts import SLA_ALERTS
from domain.customer.commands import ChangeTier, RegisterCustomer
from domain.sla.events import SlaBreached
from domain.ticket import commands as c
from projections.engine.rebuild import compare
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks
from tests.support.events import CUSTOMER, instant
from tests.support.judged_dues import interrupted
from tests.support.sla_watching import Watched, watching

pytestmark = pytest.mark.anyio


async def test_a_breach_is_not_announced_again_because_an_earlier_message_is_told_late(watched_desk: Watched) -> None:
    await watched_desk.publish({"next_response": "60m"})
    ticket = await watched_desk.receive()
    for minute, command in ((30, c.SendReply(body="We are looking")), (40, c.ReceiveMessage(body="Any news?"))):
        watched_desk.clock.at(minute)
        await watched_desk.ask(ticket, command)
    watched_desk.clock.at(120)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["next_response 1 breached"]
    await watched_desk.ask(ticket, c.ReceiveMessage(body="It is order 4711", occurred_at=instant(20)))
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["next_response 1 breached"]
    with psycopg.connect(watched_desk.url) as connection:
        clocks = ticket_clocks(connection, "default", ticket, at=watched_desk.clock.now)
        rows = "select instance, activated_by, verdict, watch_at from tenant_default.sla_clocks order by instance"
        assert connection.execute(rows).fetchall() == [(1, 5, "met", None), (2, 3, None, None)], "late while open"
    assert [(clock.instance, clock.activated_by, clock.verdict) for clock in clocks] == [
        (1, 5, "met"),
        (2, 3, "breached"),
    ]
    assert all(comparison.same for comparison in compare(watched_desk.url, "default", [SLA_CLOCKS]))


async def test_an_unanswered_message_told_late_is_announced_besides_the_one_that_was_announced(
    watched_desk: Watched,
) -> None:
    await watched_desk.publish({"next_response": "60m"})
    ticket = await watched_desk.receive()
    watched_desk.clock.at(40)
    await watched_desk.ask(ticket, c.ReceiveMessage(body="Any news?"))
    watched_desk.clock.at(120)
    await watched_desk.follow_and_announce()
    await watched_desk.ask(ticket, c.ReceiveMessage(body="It is order 4711", occurred_at=instant(20)))
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["next_response 1 breached"] * 2
    breaches = [event for event in watched_desk.log() if isinstance(event.payload, SlaBreached)]
    assert [(event.payload.activated_by, event.occurred_at) for event in breaches] == [
        (2, instant(100)),
        (4, instant(80)),
    ]


async def announced_while_gold_changes(watched_desk: Watched, change: ChangeTier) -> UUID:
    """A gold customer's ticket, late after 10 minutes, whose tier changes after the watch has judged it at 11."""
    await watched_desk.publish({"customer_tier": "gold", "resolution": "10m"}, {"resolution": "60m"})
    await watched_desk.ask(CUSTOMER, RegisterCustomer(name="Lan", tier="gold"))
    ticket = await watched_desk.receive(customer=CUSTOMER)
    watched_desk.follow()
    watched_desk.clock.at(11)
    async with watching(watched_desk, dues=[interrupted(SLA_ALERTS, watched_desk, change, CUSTOMER)]) as watch:
        await watch.step()
    return ticket


async def test_a_tier_that_changes_between_judging_and_recording_leaves_the_announcement_true(
    watched_desk: Watched,
) -> None:
    ticket = await announced_while_gold_changes(watched_desk, ChangeTier(tier="standard"))
    assert watched_desk.announced(ticket) == ["resolution 1 breached"]
    with psycopg.connect(watched_desk.url) as connection:
        (resolution,) = ticket_clocks(connection, "default", ticket, at=instant(12))
    assert (resolution.breached_at, resolution.due_at) == (instant(10), instant(60))


async def test_a_tier_that_is_told_late_just_then_leaves_what_was_known_and_nothing_is_announced_again(
    watched_desk: Watched,
) -> None:
    ticket = await announced_while_gold_changes(watched_desk, ChangeTier(tier="standard", occurred_at=instant(5)))
    watched_desk.clock.at(61)
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 breached"]
    with psycopg.connect(watched_desk.url) as connection:
        (resolution,) = ticket_clocks(connection, "default", ticket, at=watched_desk.clock.now)
    assert resolution.breached_at == instant(60), "what is announced is what was known, the clock says what is known"


async def test_what_was_judged_on_facts_that_have_changed_is_refused_and_judged_anew(watched_desk: Watched) -> None:
    await watched_desk.publish({"resolution": {"duration": "60m", "warn_at": [0.5]}})
    ticket = await watched_desk.receive()
    watched_desk.follow()
    watched_desk.clock.at(61)
    done = c.ResolveTicket(resolution="done by phone", occurred_at=instant(40))
    async with watching(watched_desk, dues=[interrupted(SLA_ALERTS, watched_desk, done)]) as watch:
        await watch.step()
    assert watched_desk.announced() == [], "not even the breach, at the version that the resolution has brought"
    await watched_desk.follow_and_announce()
    assert watched_desk.announced(ticket) == ["resolution 1 0.5"]
