"""The ways in which reminders go wrong elsewhere, each with a control that shows that the test would see it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from api.workers.due import Due
from api.workers.due_timers import timers_due
from api.workers.limited_firings import LimitedFirings
from domain.automation.commands import RuleCommand
from domain.automation.firing import judge_rule
from domain.customer.facts.commands import RecordDate
from domain.ids import new_id
from domain.ticket import commands as c
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from tests.support.events import IMPORT
from tests.support.judged_dues import Judged, judged_by_both, judged_then
from tests.support.reminding import BEGINNING, HANOI, Reminded, reminded, reminding

pytestmark = pytest.mark.anyio
DAY_AFTER = {"due": "csat-missing", "after": "24h"}
DONE = c.ResolveTicket(resolution="sent", code="solved")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


def changed(**fields: Any) -> Due:
    """The due watch with a mistake: each of its commands has other fields, which functions of the command give."""

    def change(judged: Judged) -> Judged:
        return [
            stream._replace(
                commands=[
                    due._replace(**{name: value_of(due) for name, value_of in fields.items()})
                    for due in stream.commands
                ]
            )
            for stream in judged
        ]

    return judged_then(timers_due(LimitedFirings()), change)


async def resolved(desk: Reminded, count: int = 1) -> list[UUID]:
    tickets = [await desk.ticket() for _ in range(count)]
    for ticket in tickets:
        await desk.ask(ticket, DONE)
    return tickets


async def looked_by_two(desk: Reminded, due: Due) -> Counter[str]:
    """Two watches that have judged the same rows and the same log."""
    desk.follow()
    both = [judged_by_both(due)]
    async with reminding(desk, dues=both) as first, reminding(desk, dues=both) as second:
        await asyncio.gather(first.step(), second.step())
    return Counter(desk.recorded())


async def test_two_watches_and_a_repetition_do_not_fire_twice(desk: Reminded) -> None:
    """Failure mode 3."""
    await desk.rule("csat", DAY_AFTER)
    await resolved(desk, 5)
    desk.now("2030-01-08")
    assert await looked_by_two(desk, timers_due(LimitedFirings())) == {"fired resolution/2/1": 5}


async def test_without_identity_and_version_two_watches_would_fire_twice(desk: Reminded) -> None:
    """The control."""
    await desk.rule("csat", DAY_AFTER)
    await resolved(desk, 5)
    desk.now("2030-01-08")
    careless = changed(command_id=lambda _due: str(new_id()), version=lambda _due: None)
    assert await looked_by_two(desk, careless) == {"fired resolution/2/1": 10}


async def test_an_import_and_a_rebuild_fire_nothing(desk: Reminded) -> None:
    """Failure mode 4; the ticket of a person is the control."""
    await desk.rule("csat", DAY_AFTER)
    imported = await desk.ticket(by=IMPORT)
    await desk.ask(imported, DONE, IMPORT)
    (own,) = await resolved(desk)
    desk.now("2030-01-08")
    await desk.look()
    before = desk.recorded()
    rebuild(desk.url, "default", PROJECTIONS, views=VIEWS)
    await desk.look()
    assert (before, desk.recorded(imported)) == (desk.recorded(own), [])
    assert before == ["fired resolution/2/1"]


@pytest.mark.parametrize(
    ("patience", "outcome"), [("24h", "passed_over resolution/2 missed"), ("90d", "fired resolution/2")]
)
async def test_a_past_that_is_told_late_is_passed_over(desk: Reminded, patience: str, outcome: str) -> None:
    """Failure mode 5; a rule that is never too late is the control."""
    await desk.rule("closing", {"due": "resolved-for", "after": "24h"}, stale_after=patience)
    ticket = await desk.ticket()
    desk.now("2030-01-20")
    await desk.ask(ticket, DONE.model_copy(update={"occurred_at": BEGINNING.replace(day=8)}))
    await desk.look()
    assert desk.recorded(ticket) == [outcome]


@pytest.mark.parametrize(("patience", "expected"), [("2h", {"passed_over": 60, "fired": 20}), ("90d", {"fired": 80})])
async def test_a_downtime_leads_to_no_burst_of_what_is_stale(
    desk: Reminded, patience: str, expected: dict[str, int]
) -> None:
    """Failure mode 6: in order, each once; a rule that is never too late is the control."""
    await desk.rule("csat", DAY_AFTER, stale_after=patience)
    for day in (7, 8, 9, 10):
        desk.now(f"2030-01-{day:02}", "10:00")
        await resolved(desk, 20)
    desk.now("2030-01-11", "11:00")
    desk.follow()
    async with reminding(desk, page=16, dues=[timers_due(LimitedFirings())]) as watch:
        while not await watch.step():
            pass
    recorded = desk.automation()
    assert Counter(event.topic.partition(".")[2] for event in recorded) == expected
    days = [event.payload.due_at.astimezone(HANOI).day for event in recorded]
    assert days == sorted(days)


async def test_a_reminder_is_local_through_a_change_of_the_clock_and_of_the_tenant_s_zone(desk: Reminded) -> None:
    """Failure mode 7: 9 in Berlin is another hour of UTC after 31 March; so many times 24 hours would be wrong."""
    await desk.define("settings", {"zone": "Europe/Berlin"})
    await desk.rule("payment", {"due": "agreed-day", "days": [3, 1]})
    customer = await desk.customer()
    await desk.ask(customer, RecordDate(name="payment", day=2, month=4, year=2030))
    desk.follow()
    assert [at for *_, at in desk.timers()] == ["2030-03-30 15:00", "2030-04-01 14:00"]
    desk.now("2030-03-30", "15:00")
    await desk.look()
    await desk.define("settings", {"zone": "Asia/Ho_Chi_Minh"})
    await desk.look()
    assert desk.recorded(customer) == ["fired payment/2030-04-02/3"], "what was due stays as it was"
    assert [at for *_, at in desk.timers()] == ["2030-04-01 09:00"]


@pytest.mark.parametrize(("times", "fired"), [(3, 3), (100, 8)])
async def test_a_reminder_is_not_repeated_for_ever(desk: Reminded, times: int, fired: int) -> None:
    """Failure mode 8; a rule that may remind a hundred times is the control."""
    await desk.rule("inside", {"due": "waiting-inside", "times": times})
    ticket = await desk.ticket()
    await desk.ask(ticket, c.AssignTicket(agent="an"))
    await desk.ask(ticket, c.PutOnHold(waiting_for="internal", reason="asked the workshop"))
    for day in range(8, 18):
        desk.now(f"2030-01-{day:02}", "10:00")
        await desk.look()
    assert len(desk.recorded(ticket)) == fired


async def promised(desk: Reminded) -> UUID:
    """Two calls are promised for one afternoon."""
    await desk.rule("callback", {"due": "call-back", "before": "0m"})
    ticket = await desk.ticket()
    for minute in range(2):
        await desk.ask(ticket, c.PromiseCallback(at=BEGINNING.replace(hour=15, minute=minute)))
    desk.now("2030-01-07", "15:05")
    return ticket


async def test_two_reminders_of_one_kind_and_day_are_both_given(desk: Reminded) -> None:
    """Failure mode 9."""
    ticket = await promised(desk)
    await desk.look(2)
    assert desk.recorded(ticket) == ["fired promise/2/1", "fired promise/3/1"]


async def test_an_identity_by_type_and_day_would_swallow_one(desk: Reminded) -> None:
    """The control."""
    ticket = await promised(desk)
    coarse = changed(command_id=lambda due: f"{due.stream}/{due.command.rule}/{due.command.due_at:%Y-%m-%d}")
    for _ in range(2):
        desk.follow()
        async with reminding(desk, dues=[coarse]) as watch:
            await watch.step()
    assert desk.recorded(ticket) == ["fired promise/2/1"]


async def test_a_rule_that_is_edited_fires_nothing_again_and_says_which_version_fired(desk: Reminded) -> None:
    """Failure mode 11; the same rule by another name is the control."""
    both = {"due": "csat-missing", "after": ["24h", "72h"]}
    await desk.rule("csat", both)
    (ticket,) = await resolved(desk)
    desk.now("2030-01-08", "10:00")
    await desk.look()
    await desk.rule("csat", both, order=7)
    desk.now("2030-01-10", "10:00")
    await desk.look(2)
    assert [(event.payload.due, event.payload.version) for event in desk.automation()] == [
        ("resolution/2/1", 1),
        ("resolution/2/2", 2),
    ]
    await desk.rule("again", {"due": "csat-missing", "after": "96h"})
    desk.now("2030-01-11", "10:00")
    await desk.look()
    assert desk.recorded(ticket)[2:] == ["fired resolution/2/1"]


async def test_a_hold_ends_at_its_instant_once(desk: Reminded) -> None:
    ticket = await desk.ticket()
    await desk.ask(ticket, c.AssignTicket(agent="an"))
    until = BEGINNING.replace(day=9)
    await desk.ask(ticket, c.PutOnHold(waiting_for="third_party", reason="the spare part", until=until))
    desk.now("2030-01-09", "08:59")
    await desk.look()
    assert desk.timers() == [("hold", "hold/3", "2030-01-09 09:00")]
    desk.now("2030-01-09", "11:00")
    await desk.look(2)
    resumed = [event for event in desk.log() if event.topic == "ticket.work_resumed"]
    assert [(event.stream, event.occurred_at) for event in resumed] == [(ticket, until)]
    assert desk.timers() == []


async def test_a_hold_that_was_moved_or_ended_is_not_resumed_by_the_old_instant(desk: Reminded) -> None:
    moved, ended = [await desk.ticket() for _ in range(2)]
    for ticket in (moved, ended):
        await desk.ask(ticket, c.AssignTicket(agent="an"))
        hold = c.PutOnHold(waiting_for="third_party", reason="the part", until=BEGINNING.replace(day=9))
        await desk.ask(ticket, hold)
    desk.follow()
    later = c.PutOnHold(waiting_for="third_party", reason="late", until=BEGINNING.replace(day=20))
    await desk.ask(moved, later)
    await desk.ask(ended, c.ResumeWork())
    desk.now("2030-01-09", "11:00")
    async with reminding(desk) as watch:
        await watch.step()
    resumed = [event.stream for event in desk.log() if event.topic == "ticket.work_resumed"]
    assert resumed == [ended]


async def test_a_rule_that_fires_once_for_a_subject_leaves_nothing_due_of_it(desk: Reminded) -> None:
    await desk.rule("csat", {"due": "csat-missing", "after": ["24h", "72h"]}, once_per="subject")
    (ticket,) = await resolved(desk)
    for day in ("2030-01-08", "2030-01-12"):
        desk.now(day, "10:00")
        await desk.look()
    assert desk.recorded(ticket) == ["fired resolution/2/1"]
    assert desk.timers() == []


async def test_a_rule_whose_commands_are_refused_is_passed_over(desk: Reminded) -> None:
    await desk.rule("csat", DAY_AFTER)
    (ticket,) = await resolved(desk)
    customer = await desk.customer()
    to_a_customer = RuleCommand(name="add-note", stream=customer, command=c.AddNote(body="noted"))
    broken = changed(command=lambda due: due.command.model_copy(update={"then": (to_a_customer,)}))
    desk.now("2030-01-08", "10:00")
    desk.follow()
    async with reminding(desk, dues=[broken]) as watch:
        await watch.step()
    assert desk.recorded(ticket) == ["passed_over resolution/2/1 refused"]


async def test_a_limit_holds_among_subjects_that_are_due_at_once_and_before_the_rows_have_followed(
    desk: Reminded,
) -> None:
    await desk.rule("csat", DAY_AFTER, limit=2)
    await resolved(desk, 4)
    desk.now("2030-01-08", "10:00")
    desk.follow()
    async with reminding(desk, page=3) as watch:
        while not await watch.step():
            pass
    assert Counter(desk.recorded()) == {"fired resolution/2/1": 2, "passed_over resolution/2/1 limit": 2}


async def test_a_rule_that_fails_on_a_subject_keeps_back_no_other_reminder_of_it(
    desk: Reminded, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.rule("broken", DAY_AFTER)
    await desk.rule("csat", DAY_AFTER)
    tickets = await resolved(desk, 3)

    def failing(judged: Any, *given: Any) -> Any:
        if judged.name == "broken" and given[1][0].stream == tickets[0]:
            raise RuntimeError("a fault of the rule")
        return judge_rule(judged, *given)

    monkeypatch.setattr("api.workers.due_rules.judge_rule", failing)
    desk.now("2030-01-08", "10:00")
    await desk.look(2)
    assert [len(desk.recorded(ticket)) for ticket in tickets] == [1, 2, 2]
    assert caplog.text.count("a fault of the rule") == 1
