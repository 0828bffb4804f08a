"""The controls of rules, and their list."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from api.automation.overview import rules_in_effect, suspended_by_rule, suspended_rules
from api.automation.suspension import resumption
from domain.automation import events as a
from domain.automation import firing
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.event_log.reader import head
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as t
from tests.support.automating import NOTE, Automated, Handle, automated, caught_up_connection, react, rule_body

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


async def test_a_stopped_rule_is_passed_over_until_it_is_resumed(desk: Automated) -> None:
    await desk.publish("noting", rule_body())
    await desk.publish("other", rule_body())
    async with desk.reactor() as reactor:
        await desk.stop("rule", "Noting")
        first = await desk.receive()
        await react(reactor)
        await desk.resume("rule", "noting")
        second = await desk.receive()
        await react(reactor)
        await desk.stop("tenant")
        third = await desk.receive()
        await react(reactor)
    assert [getattr(fact, "why", "fired") for fact in desk.recorded(first)] == ["stopped", "fired"]
    assert desk.fired(second) == ["noting", "other"]
    assert desk.fired(third) == []


async def test_a_stop_works_on_the_rest_of_a_page_that_is_under_way(
    desk: Automated, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopping(handle: Handle, stream: UUID, command: Command, context: CommandContext) -> CommandResult:
        answer = await handle(stream, command, context)
        await desk.stop("rule", "noting")
        return answer

    monkeypatch.setattr("api.workers.rule_reaction.SUBJECTS_AT_ONCE", 1)
    await desk.publish("noting", rule_body())
    async with desk.reactor(interpose=stopping) as reactor:
        tickets = [await desk.receive() for _ in range(3)]
        await react(reactor)
    assert [len(desk.fired(ticket)) for ticket in tickets] == [1, 0, 0]


async def test_a_rule_in_shadow_is_recorded_and_does_nothing(desk: Automated) -> None:
    await desk.publish("noting", rule_body(shadow=True))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    (fact,) = desk.recorded(ticket)
    assert isinstance(fact, a.AutomationShadowed)
    assert fact.commands == ("add-note",)
    assert desk.topics(ticket) == ["ticket.received", "automation.shadowed"]


@pytest.mark.parametrize("at_once", [1, 200])
async def test_a_rule_fires_no_more_often_in_an_hour_than_its_limit(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("api.workers.rule_reaction.SUBJECTS_AT_ONCE", at_once)
    await desk.publish("noting", rule_body(limit=2))
    async with desk.reactor() as reactor:
        tickets = [await desk.receive() for _ in range(4)]
        await react(reactor)
    fact = [getattr(desk.recorded(ticket)[0], "why", "fired") for ticket in tickets]
    assert sorted(fact) == ["fired", "fired", "limit", "limit"]
    if at_once == 1:
        assert fact == sorted(fact)


async def test_the_limit_counts_what_another_reactor_has_fired(desk: Automated) -> None:
    await desk.publish("noting", rule_body(limit=1))
    async with desk.reactor() as reactor:
        first = await desk.receive()
        await react(reactor)
    caught_up_connection(desk).close()
    async with desk.reactor() as another:
        second = await desk.receive()
        await react(another)
    assert desk.fired(first) == ["noting"]
    assert [getattr(fact, "why", "fired") for fact in desk.recorded(second)] == ["limit"]


async def test_a_rule_waits_for_no_closed_calendar(desk: Automated) -> None:
    always = {"field": "calendar.open", "calendar": "24x7", "value": True}
    await desk.publish("noting", rule_body(when=always, quiet="24x7"))
    await desk.publish("unknown", rule_body(when=always | {"calendar": "24x7", "value": False}))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    assert desk.fired(ticket) == ["noting"]


async def test_a_suspended_rule_is_seen_and_resumed_by_a_person(
    desk: Automated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "MOST_FIRINGS", 1)
    await desk.publish("noting", {"on": ["ticket.message_received"], "then": [NOTE]})
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for _ in range(3):
            await desk.ask(ticket, t.ReceiveMessage(body="hello"))
            await react(reactor)
        with caught_up_connection(desk) as connection:
            (suspension,) = suspended_rules(connection, "default", 10)
            assert (suspension.subject, suspension.rule, suspension.why) == (ticket, "noting", "rate")
            assert suspended_by_rule(connection, "default", suspension.position) == {"noting": 1}
            assert suspended_by_rule(connection, "default", suspension.position - 1) == {}
            assert (
                suspended_by_rule(connection, "default", suspension.position, suspension.since - timedelta(days=1))
                == {}
            )
            resume = resumption(connection, "default", ticket, "noting", "mended")
        await desk.ask(ticket, resume)
        await desk.ask(ticket, t.ReceiveMessage(body="again"))
        await react(reactor)
    assert [type(fact).__name__ for fact in desk.recorded(ticket)] == [
        "AutomationFired", "AutomationSuspended", "AutomationPassedOver", "AutomationResumed", "AutomationFired",
    ]  # fmt: skip
    with caught_up_connection(desk) as connection:
        assert suspended_rules(connection, "default", 10) == []
        assert suspended_by_rule(connection, "default", head(connection, "default")) == {}
        with pytest.raises(Refusal, match="is not suspended"):
            resumption(connection, "default", ticket, "noting", "mended")


async def test_the_rules_in_effect_are_listed_with_what_they_did(desk: Automated) -> None:
    await desk.publish("b", rule_body(title={"vi": "Ghi chú", "en": "A note"}))
    await desk.publish("a", rule_body(enabled=False, order=1))
    await desk.stop("rule", "c")
    await desk.publish("c", rule_body(at={"due": "resolved-for", "after": "24h"}) | {"on": []})
    async with desk.reactor() as reactor:
        for _ in range(3):
            await desk.receive()
        await react(reactor)
    with caught_up_connection(desk) as connection:
        rules = rules_in_effect(connection, "default", datetime.now(UTC))
    assert [(rule.rule, rule.state, rule.fired, rule.title_vi) for rule in rules] == [
        ("a", "off", 0, None),
        ("b", "on", 3, "Ghi chú"),
        ("c", "stopped", 0, None),
    ]
    assert rules[2].reacts_to == "due: resolved-for"
