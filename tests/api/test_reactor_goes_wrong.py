"""A fault, a refusal or an event that cannot be read keeps back nothing else of the reactor."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from api.workers.reaction import EventPage
from domain.automation.firing import judge_rule
from domain.ids import new_id
from domain.task.commands import OpenTask
from domain.ticket import commands as t
from tests.support.automating import Automated, automated, react, rule_body
from tests.support.events import CUSTOMER

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


async def test_a_fault_in_one_history_does_not_keep_back_the_others(
    desk: Automated, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.publish("noting", rule_body())
    async with desk.reactor() as reactor:
        broken, sound = await desk.receive(), await desk.receive()

        def failing(named: Any, trigger: Any, *rest: Any) -> Any:
            if trigger.cause.stream == broken:
                raise ZeroDivisionError
            return judge_rule(named, trigger, *rest)

        monkeypatch.setattr("api.workers.rule_reaction.judge_rule", failing)
        await react(reactor)
    assert desk.fired(broken) == []
    assert desk.fired(sound) == ["noting"]
    assert "ZeroDivisionError" in caplog.text


class Failing:
    """A reaction with a fault that it has for one event."""

    def __init__(self, ticket: Any) -> None:
        self.ticket = ticket
        self.seen: list[Any] = []

    def topics(self, _definitions: Any) -> frozenset[str]:
        return frozenset({"ticket.received"})

    async def react(self, page: EventPage) -> None:
        if any(event.stream == self.ticket for event in page.events):
            raise ZeroDivisionError
        self.seen += [event.stream for event in page.events]


async def test_a_fault_of_a_reaction_keeps_back_one_event_alone(
    desk: Automated, caplog: pytest.LogCaptureFixture
) -> None:
    failing = Failing(None)
    async with desk.reactor([failing]) as reactor:
        tickets = [await desk.receive() for _ in range(5)]
        failing.ticket = tickets[2]
        await react(reactor)
    assert failing.seen == [*tickets[:2], *tickets[3:]]
    assert "cannot be reacted to" in caplog.text


async def test_a_rule_whose_commands_are_refused_is_passed_over_and_stops_no_other(desk: Automated) -> None:
    note = rule_body(on="task.opened", order=1, stop=True)
    await desk.publish("stopper", note)
    await desk.publish("next", rule_body({"do": "open-task", "title": "look"}, on="task.opened", order=2, limit=1))
    async with desk.reactor() as reactor:
        await desk.receive()
        task = new_id()
        await desk.ask(task, OpenTask(title="no such ticket", about=CUSTOMER, about_kind="ticket"))
        await react(reactor)
    recorded = [(entry.rule, getattr(entry, "why", "fired")) for entry in desk.recorded(task)]
    assert recorded == [("stopper", "refused"), ("next", "fired")]


@pytest.mark.parametrize("topic", ["ticket.message_received", "ticket.note_added"])
async def test_an_event_that_cannot_be_read_keeps_nothing_else_back(
    desk: Automated, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    """It is one that the rule reacts to, or one of a history that the rule is judged on."""
    await desk.publish("noting", rule_body(on="ticket.message_received"))
    async with desk.reactor() as reactor:
        tickets = [await desk.receive() for _ in range(5)]
        await desk.ask(tickets[2], t.AddNote(body="by a person"))
        for ticket in tickets:
            await desk.ask(ticket, t.ReceiveMessage(body="hello"))
        with psycopg.connect(desk.url, autocommit=True) as connection:
            connection.execute(
                "update tenant_default.events set state = '{}' where stream = %s and topic = %s", [tickets[2], topic]
            )
        await react(reactor)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        fired = connection.execute(
            "select stream from tenant_default.events where topic = 'automation.fired' order by position"
        ).fetchall()
    assert {stream for (stream,) in fired} == {*tickets} - {tickets[2]}
    assert caplog.text.count("cannot be read") == 1


async def test_a_rule_that_fails_on_a_subject_keeps_back_neither_the_others_nor_another_subject(
    desk: Automated, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.publish("first", rule_body(order=1))
    await desk.publish("second", rule_body(order=2))

    def failing(judged: Any, *given: Any) -> Any:
        if judged.name == "first" and given[1][0].stream == tickets[0]:
            raise RuntimeError("a fault of the rule")
        return judge_rule(judged, *given)

    monkeypatch.setattr("api.workers.rule_reaction.judge_rule", failing)
    async with desk.reactor() as reactor:
        tickets = [await desk.receive() for _ in range(2)]
        await react(reactor)
    assert desk.fired(tickets[0]) == ["second"]
    assert desk.fired(tickets[1]) == ["first", "second"]
    assert caplog.text.count("a fault of the rule") == 1
