"""The failure modes of automation, each beside a variant of the code without its guard, which fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from api.automation import explanation
from api.automation.explanation import ExplanationRequest
from api.workers import rule_reaction
from domain.automation import firing
from domain.automation.events import AutomationFired, AutomationPassedOver, AutomationSuspended
from domain.automation.firing import NamedRule, Recorded, Trigger
from domain.command_context import MOST_DEPTH, CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.definitions.rule_book import RuleBook
from domain.envelope import RecordedEvent
from domain.messages import Command
from domain.ticket import commands as t
from domain.ticket.events import MessageReceived
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from tests.support.automating import Automated, Handle, automated, react
from tests.support.events import CUSTOMER_ACTOR, IMPORT
from tests.support.log import append_events

pytestmark = pytest.mark.anyio
NOTE = {"do": "add-note", "body": "noted"}
GUARDED = pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
UNBOUNDED = 1_000_000


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


def noting(on: str = "ticket.received", **fields: Any) -> dict[str, Any]:
    return {"on": [on], "then": [NOTE], **fields}


@GUARDED
async def test_1_two_rules_that_lead_to_each_other_are_suspended_at_depth_eight(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(firing, "MOST_DEPTH", UNBOUNDED)
    for name, has, wanted in (("up", "P2", "P1"), ("down", "P1", "P2")):
        when = {"field": "event.priority", "value": has}
        then = [{"do": "prioritise", "priority": wanted}]
        await desk.publish(name, {"on": ["ticket.prioritised"], "when": when, "then": then})
    async with desk.reactor() as reactor:
        ticket = await desk.receive(priority="P3")
        await desk.ask(ticket, t.PrioritiseTicket(priority="P1", reason="urgent"))
        for _ in range(25):
            await reactor.step()
    suspended = [fact for fact in desk.recorded(ticket) if isinstance(fact, AutomationSuspended)]
    assert (len(desk.fired(ticket)) == 8) is guarded
    assert [fact.why for fact in suspended] == (["depth"] if guarded else [])


@GUARDED
async def test_1_a_rule_does_not_react_to_its_own_effects(desk: Automated, *, guarded: bool) -> None:
    await desk.publish("noting", noting("ticket.note_added", recursive=not guarded))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.AddNote(body="by a person"))
        await react(reactor)
    assert len(desk.fired(ticket)) == (1 if guarded else MOST_DEPTH)


@GUARDED
async def test_2_a_loop_through_the_world_is_suspended_by_its_rate(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(firing, "MOST_FIRINGS", UNBOUNDED)
    await desk.publish("answering", noting("ticket.message_received"))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for _ in range(23):
            await desk.ask(ticket, t.ReceiveMessage(body="I am out of the office"), CUSTOMER_ACTOR)
            await react(reactor)
    assert len(desk.fired(ticket)) == (20 if guarded else 23)
    why = [fact.why for fact in desk.recorded(ticket) if isinstance(fact, AutomationSuspended | AutomationPassedOver)]
    assert why == (["rate", "suspended", "suspended"] if guarded else [])


@GUARDED
async def test_3_an_event_that_is_read_again_fires_nothing_again(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(Recorded, "answer", lambda *_: None)
        monkeypatch.setattr(firing, "_trigger_key", lambda _trigger: str(uuid4()))
    await desk.publish("noting", noting())
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute("update tenant_default.worker_positions set position = 0")
    async with desk.reactor() as again:
        await react(again)
    assert len(desk.fired(ticket)) == (1 if guarded else 2)


@GUARDED
async def test_4_an_import_and_a_rebuild_fire_nothing(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(RecordedEvent, "is_imported", property(lambda _event: False))
    await desk.publish("noting", noting())
    async with desk.reactor() as reactor:
        ticket = await desk.receive(IMPORT)
        await react(reactor)
        before = len(desk.log())
        await asyncio.to_thread(rebuild, desk.url, "default", PROJECTIONS, views=VIEWS)
        await react(reactor)
    assert len(desk.log()) == before
    assert len(desk.fired(ticket)) == (0 if guarded else 1)


@GUARDED
async def test_5_a_past_that_is_told_late_is_passed_over(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(firing, "_too_late", lambda *_: None)
    await desk.publish("noting", noting())
    async with desk.reactor() as reactor:
        ticket = await desk.receive(occurred_at=datetime.now(UTC) - timedelta(days=3))
        await react(reactor)
    (fact,) = desk.recorded(ticket)
    assert isinstance(fact, AutomationPassedOver) is guarded


@GUARDED
async def test_9_two_causes_on_one_day_are_two_firings(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(firing, "_trigger_key", lambda trigger: f"{trigger.cause.recorded_at:%Y-%m-%d}")
    await desk.publish("noting", noting("ticket.message_received"))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for _ in range(2):
            await desk.ask(ticket, t.ReceiveMessage(body="hello"))
        await react(reactor)
    assert len(desk.fired(ticket)) == (2 if guarded else 1)


@GUARDED
async def test_10_rules_fire_in_the_order_of_their_numbers_and_not_of_their_publication(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr("domain.definitions.rule_book.in_turn", lambda rule: rule.position)
    for name, order in (("b", 2), ("c", 3), ("a", 1)):
        await desk.publish(name, noting(order=order))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert (desk.fired(ticket) == ["a", "b", "c"]) is guarded


@GUARDED
async def test_11_an_event_keeps_the_version_that_was_in_effect_for_it(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        reacting = RuleBook.reacting
        monkeypatch.setattr(RuleBook, "reacting", lambda book, _position, at: reacting(book, UNBOUNDED, at))
    await desk.publish("noting", noting())
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.publish("noting", noting() | {"then": [{"do": "add-note", "body": "another"}]})
        await react(reactor)
    versions = [fact.version for fact in desk.recorded(ticket) if isinstance(fact, AutomationFired)]
    assert versions == ([1] if guarded else [2])


@GUARDED
async def test_12_what_a_rule_does_and_that_it_fired_are_recorded_together(desk: Automated, *, guarded: bool) -> None:
    """The control gives the commands one after the other and dies in between, as a worker without one append may."""

    async def dying(handle: Handle, stream: UUID, command: Any, context: CommandContext) -> CommandResult:
        if guarded:
            await handle(stream, command, context)
        else:
            for given in command.then:
                alone = replace(context, command_id=f"{context.command_id}/{given.name}")
                await handle(given.stream, given.command, alone)
        raise asyncio.CancelledError

    await desk.publish("noting", noting())
    async with desk.reactor(interpose=dying) as reactor:
        ticket = await desk.receive()
        with pytest.raises(asyncio.CancelledError):
            await react(reactor)
    assert "ticket.note_added" in desk.topics(ticket)
    assert (desk.fired(ticket) == ["noting"]) is guarded
    async with desk.reactor() as again:
        await react(again)
    assert desk.topics(ticket).count("ticket.note_added") == (1 if guarded else 2)


@GUARDED
async def test_13_a_rule_sees_what_comes_in_through_another_door(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    """The control reacts to the events of one door alone, as a hook in the API would."""
    if not guarded:
        matching = rule_reaction.matching
        monkeypatch.setattr(
            rule_reaction,
            "matching",
            lambda book, events, now: matching(
                book, [each for each in events if each.envelope.command_id == "by the API"], now
            ),
        )
    await desk.publish("noting", noting("ticket.message_received"))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.ReceiveMessage(body="hello"), command_id="by the API")
        with psycopg.connect(desk.url, autocommit=True) as connection:
            assert append_events(connection, ticket, MessageReceived(body="straight into the log")).recorded
        await react(reactor)
    assert desk.fired(ticket) == ["noting"] * (2 if guarded else 1)


@GUARDED
async def test_14_a_rule_acts_on_the_state_that_it_was_judged_on(desk: Automated, *, guarded: bool) -> None:
    changed = False

    async def late(handle: Handle, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        nonlocal changed
        if not changed:
            changed = True
            await desk.ask(ticket, t.PrioritiseTicket(priority="P3", reason="not urgent"))
        return await handle(stream, command, context if guarded else replace(context, expected_version=None))

    await desk.publish("noting", noting(when={"field": "ticket.priority", "value": "P1"}))
    async with desk.reactor(interpose=late) as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.fired(ticket) == ([] if guarded else ["noting"])


@GUARDED
async def test_15_an_explanation_says_why_a_rule_fired_and_why_it_did_not(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    """The control judges on the state of now: it says that the conditions held, which they did not."""
    if not guarded:
        monkeypatch.setattr(explanation, "_judge_at", judged_now)
    await desk.publish("noting", noting(when={"field": "ticket.priority", "value": "P1"}))
    async with desk.reactor() as reactor:
        fired, not_fired = await desk.receive(), await desk.receive(priority="P3")
        await react(reactor)
        await desk.ask(not_fired, t.PrioritiseTicket(priority="P1", reason="urgent"))
    (because,) = explained(desk, fired)
    assert (because.verdict, because.version, because.commands) == ("fired", 1, ("add-note",))
    (because,) = explained(desk, not_fired)
    has = because.condition and because.condition.has
    assert (because.verdict, because.why, has) == (
        ("not_fired", "condition", "P3") if guarded else ("not_fired", "moved_on", None)
    )


def judged_now(rule: NamedRule, event: RecordedEvent, shared: Any) -> firing.Judgement:
    known, facts = shared.at(shared.by_now[-1])
    return firing.judge_rule(rule, Trigger(event), known, facts, datetime.now(UTC))


def explained(desk: Automated, subject: UUID) -> list[explanation.Explained]:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        return explanation.explain(ExplanationRequest(connection, "default", datetime.now(UTC)), subject) or []
