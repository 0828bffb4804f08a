"""Rules with a time fire once for each due instance, at its time, and for nothing else."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.command_context import Actor
from domain.event_log.advisory_locks import alerts_lock
from domain.switches.commands import StopSwitch
from domain.switches.state import SWITCHES
from domain.ticket import commands as c
from tests.support.events import IMPORT
from tests.support.judged_dues import Judged, interrupted, judged_then
from tests.support.reminding import Reminded, reminded, reminding

pytestmark = pytest.mark.anyio
CSAT = {"due": "csat-missing", "after": ["24h", "72h"]}
DONE = c.ResolveTicket(resolution="sent", code="solved")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


async def test_a_rule_fires_at_the_time_of_each_instance_and_not_before(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    await desk.look()
    assert desk.timers() == [
        ("rule:csat", "resolution/2/1", "2030-01-08 09:00"),
        ("rule:csat", "resolution/2/2", "2030-01-10 09:00"),
    ]
    desk.now("2030-01-08", "08:59")
    await desk.look()
    assert desk.recorded() == []
    desk.now("2030-01-08", "09:00")
    await desk.look(2)
    assert desk.recorded(ticket) == ["fired resolution/2/1"]
    desk.now("2030-01-10", "09:00")
    await desk.look(2)
    assert desk.recorded(ticket) == ["fired resolution/2/1", "fired resolution/2/2"]
    assert desk.timers() == []
    assert desk.as_rebuilt()


async def test_what_fired_says_by_which_rule_why_and_by_how_many_reactions(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "10:00")
    await desk.look()
    fired = desk.automation()[-1]
    assert (fired.payload.rule, fired.payload.version, fired.payload.due_at.hour) == ("csat", 1, 2)
    assert (fired.envelope.actor.id, fired.envelope.depth) == ("rule:csat", 1)
    (note,) = [event for event in desk.log() if event.topic == "ticket.note_added"]
    assert (note.stream, note.envelope.command_id) == (ticket, fired.envelope.command_id)


async def test_a_rule_never_fires_for_what_was_due_before_it_was_published(desk: Reminded) -> None:
    later = await desk.ticket()
    desk.clock.now = desk.clock.now.replace(year=2020)
    earlier = await desk.ticket()
    await desk.ask(earlier, DONE)
    await desk.rule("csat", CSAT)
    desk.now("2030-01-07")
    await desk.ask(later, DONE)
    desk.now("2030-01-08")
    await desk.look()
    assert (desk.recorded(earlier), desk.recorded(later)) == ([], ["fired resolution/2/1"])


async def test_two_watches_at_once_fire_each_instance_once(desk: Reminded) -> None:
    await desk.rule("csat", {"due": "csat-missing", "after": "24h"})
    for _ in range(20):
        await desk.ask(await desk.ticket(), DONE)
    desk.now("2030-01-08")
    desk.follow()
    async with reminding(desk) as first, reminding(desk) as second:
        await asyncio.gather(first.step(), second.step())
        desk.follow()
        await asyncio.gather(first.step(), second.step())
    assert desk.recorded() == ["fired resolution/2/1"] * 20


async def test_a_new_version_fires_nothing_again_and_what_was_due_stays(desk: Reminded) -> None:
    await desk.rule("csat", {"due": "csat-missing", "after": "24h"})
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look()
    await desk.rule("csat", {"due": "csat-missing", "after": "48h"})
    desk.now("2030-01-10")
    await desk.look()
    assert desk.recorded(ticket) == ["fired resolution/2/1"]


async def test_a_rule_that_is_switched_off_fires_no_more(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    await desk.ask(await desk.ticket(), DONE)
    desk.follow()
    assert len(desk.timers()) == 2
    await desk.rule("csat", CSAT, enabled=False)
    desk.follow()
    assert desk.timers() == []
    assert desk.as_rebuilt()


async def test_a_reminder_that_is_noticed_too_late_is_missed_and_not_sent(desk: Reminded) -> None:
    await desk.rule("csat", CSAT, stale_after="2h")
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "11:01")
    await desk.look()
    assert desk.recorded(ticket) == ["passed_over resolution/2/1 missed"]
    desk.now("2030-01-10", "11:00")
    await desk.look()
    assert desk.recorded(ticket)[-1] == "fired resolution/2/2"


async def test_nothing_is_due_of_an_imported_ticket(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    imported, own = await desk.ticket(by=IMPORT), await desk.ticket()
    for ticket in (imported, own):
        await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look()
    assert (desk.recorded(imported), desk.recorded(own)) == ([], ["fired resolution/2/1"])


async def test_a_condition_that_does_not_hold_is_recorded_and_not_asked_again(desk: Reminded) -> None:
    await desk.rule("csat", CSAT, when={"field": "due.number", "value": 2})
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look()
    desk.now("2030-01-10", "09:30")
    await desk.look()
    assert desk.recorded(ticket) == ["passed_over resolution/2/1 condition", "fired resolution/2/2"]


async def test_a_reopening_or_a_rating_that_the_rows_do_not_know_yet_is_seen_in_the_log(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    reopened, rated = await desk.ticket(), await desk.ticket()
    for ticket in (reopened, rated):
        await desk.ask(ticket, DONE)
    desk.follow()
    await desk.ask(reopened, c.ReopenTicket(reason="not yet"))
    await desk.ask(rated, c.RateSatisfaction(score=5))
    desk.now("2030-01-08", "09:30")
    async with reminding(desk) as watch:
        await watch.step()
    assert desk.recorded() == []


async def test_a_clock_that_is_put_back_fires_nothing_early_and_nothing_twice(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    await desk.ask(await desk.ticket(), DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look()
    for wall in ("08:00", "09:00", "10:00"):
        desk.now("2030-01-08", wall)
        await desk.look()
    assert desk.recorded() == ["fired resolution/2/1"]


async def test_nothing_fires_while_a_past_is_being_entered(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    await desk.ask(await desk.ticket(), DONE)
    desk.now("2030-01-08", "09:30")
    with psycopg.connect(desk.url, autocommit=True) as connection, alerts_lock("default").held(connection):
        await desk.look()
        assert desk.recorded() == []
    await desk.look()
    assert desk.recorded() == ["fired resolution/2/1"]


async def test_rules_of_one_instant_go_by_their_order_and_each_sees_what_the_one_before_did(desk: Reminded) -> None:
    closing = ({"do": "close"},)
    await desk.rule("z-first", {"due": "resolved-for", "after": "24h"}, order=1, then=closing)
    await desk.rule("a-second", {"due": "resolved-for", "after": "24h"}, order=2)
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look(2)
    assert [event.payload.rule for event in desk.automation()] == ["z-first"], "a closed ticket is not resolved"


async def test_what_was_due_first_goes_first_whatever_the_order_of_the_rules(desk: Reminded) -> None:
    await desk.rule("late", {"due": "resolved-for", "after": "25h"}, order=1)
    await desk.rule("early", {"due": "resolved-for", "after": "24h"}, order=2)
    await desk.ask(await desk.ticket(), DONE)
    desk.now("2030-01-08", "11:00")
    await desk.look(2)
    assert [event.payload.rule for event in desk.automation()] == ["early", "late"]


def without_version(judged: Judged) -> Judged:
    """What was judged, to be recorded on any version."""
    return [
        stream._replace(commands=[due._replace(version=None) for due in stream.commands])  # type: ignore[arg-type]  # the mistake
        for stream in judged
    ]


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
async def test_a_subject_that_moves_on_between_the_look_and_the_act_is_judged_again(
    desk: Reminded, *, guarded: bool
) -> None:
    """The control gives the command without the version that it was judged on."""
    await desk.rule("csat", CSAT)
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    desk.follow()
    due = interrupted(timers_due(LimitedFirings()), desk, c.RateSatisfaction(score=5))
    async with reminding(desk, dues=[due if guarded else judged_then(due, without_version)]) as watch:
        await watch.step()
    assert desk.recorded(ticket) == ([] if guarded else ["fired resolution/2/1"])


async def test_a_rule_reacts_to_what_any_actor_did(desk: Reminded) -> None:
    await desk.rule("csat", CSAT)
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE, Actor(id="bot", kind="system"))
    desk.now("2030-01-08", "09:30")
    await desk.look()
    assert len(desk.recorded(ticket)) == 1


async def test_a_rule_waits_while_its_calendar_is_closed_and_is_missed_when_that_lasts_too_long(desk: Reminded) -> None:
    await desk.calendar({"name": "Morning", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-sun": ["10:00-12:00"]}})
    await desk.rule("patient", {"due": "resolved-for", "after": "24h"}, quiet="Morning")
    await desk.rule("hasty", {"due": "resolved-for", "after": "24h"}, quiet="Morning", stale_after="30m")
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:20")
    await desk.look()
    assert desk.recorded() == []
    desk.now("2030-01-08", "09:45")
    await desk.look()
    assert desk.recorded() == ["passed_over resolution/2 missed"]
    desk.now("2030-01-08", "10:01")
    await desk.look()
    assert desk.recorded() == ["passed_over resolution/2 missed", "fired resolution/2"]


async def test_one_watch_looks_again_when_a_calendar_has_opened(desk: Reminded) -> None:
    await desk.calendar({"name": "Morning", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-sun": ["10:00-12:00"]}})
    await desk.rule("patient", {"due": "resolved-for", "after": "24h"}, quiet="Morning")
    await desk.ask(await desk.ticket(), DONE)
    desk.now("2030-01-08", "09:59")
    desk.follow()
    async with reminding(desk) as watch:
        await watch.step()
        desk.now("2030-01-08", "10:01")
        await watch.step()
    assert desk.recorded() == ["fired resolution/2"]


async def test_a_stopped_rule_passes_over_and_one_in_shadow_does_nothing(desk: Reminded) -> None:
    await desk.rule("stopped", {"due": "resolved-for", "after": "24h"})
    await desk.rule("shadow", {"due": "resolved-for", "after": "24h"}, shadow=True)
    await desk.ask(SWITCHES, StopSwitch(what="rule", name="Stopped", reason="too many"))
    ticket = await desk.ticket()
    await desk.ask(ticket, DONE)
    desk.now("2030-01-08", "09:30")
    await desk.look()
    assert sorted(desk.recorded(ticket)) == ["passed_over resolution/2 stopped", "shadowed resolution/2"]
    assert not [event for event in desk.log() if event.topic == "ticket.note_added"]
