"""Why a rule fired on a subject, or did not."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from api.automation import explanation as explanation_module
from api.automation.explanation import Explained, ExplanationRequest, explain
from api.automation.words import command_text
from api.workers.reactor import WORKER as REACTOR
from domain.event_log import reader
from domain.ids import new_id
from domain.ticket import commands as t
from tests.support.automating import NOTE, Automated, automated, caught_up_connection, react, rule_body

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Automated]:
    async with automated(database_url) as made:
        yield made


def explained(desk: Automated, subject: Any, rule: str | None = None) -> list[Explained]:
    with caught_up_connection(desk) as connection:
        return explain(ExplanationRequest(connection, "default", datetime.now(UTC)), subject, rule) or []


async def test_an_explanation_says_of_which_event_a_rule_was_suspended_and_goes_in_the_order_of_rules(
    desk: Automated,
) -> None:
    call = {"do": "notify", "to": "lead", "channel": "email", "template": "escalated", "data": {"level": "1"}}
    await desk.publish("a loop", rule_body(NOTE, on="ticket.note_added", recursive=True, order=9))
    await desk.publish("b first", rule_body(call))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.AddNote(body="begin"))
        await react(reactor)
        await desk.stop("rule", "a loop")
    explanations = explained(desk, ticket)
    assert [each.verdict for each in explanations] == ["suspended", *["fired"] * 8, "fired"]
    assert [each.rule for each in explanations] == ["a loop"] * 9 + ["b first"]
    assert explanations[0].why == "depth"
    assert command_text(explanations[-1].commands[0], "vi") == "gửi thông báo (không có ai)"


async def test_an_explanation_names_the_first_condition_that_failed_with_its_value(desk: Automated) -> None:
    before = await desk.receive()
    when = {"all": [{"field": "event.channel", "value": "zalo"}, {"field": "ticket.priority", "value": ["P1", "P2"]}]}
    await desk.publish("noting", rule_body(when=when))
    async with desk.reactor() as reactor:
        fired, not_fired = await desk.receive(priority="P2"), await desk.receive(priority="P3")
        await react(reactor)
        await desk.ask(not_fired, t.PrioritiseTicket(priority="P1", reason="urgent"))
        waiting = await desk.receive()
    (explanation,) = explained(desk, fired)
    assert (explanation.verdict, explanation.commands, explanation.topic) == ("fired", ("add-note",), "ticket.received")
    (explanation,) = explained(desk, not_fired, "noting")
    assert (explanation.verdict, explanation.why) == ("not_fired", "condition")
    assert explanation.condition is not None
    assert (explanation.condition.field, explanation.condition.wanted, explanation.condition.has) == (
        "ticket.priority",
        ["P1", "P2"],
        "P3",
    )
    (explanation,) = explained(desk, before)
    assert (explanation.verdict, explanation.why) == ("not_fired", "not_in_effect")
    (explanation,) = explained(desk, waiting)
    assert explanation.verdict == "waits"
    assert explained(desk, fired, "another") == []
    with caught_up_connection(desk) as connection:
        assert explain(ExplanationRequest(connection, "default", datetime.now(UTC)), new_id()) is None


async def test_an_explanation_says_which_rules_did_nothing_since_one_before_them_ended_it(desk: Automated) -> None:
    """Of a rule that goes first, the one that ends it says nothing."""
    await desk.publish("first", rule_body(order=1))
    await desk.publish("second", rule_body(order=2, stop=True))
    await desk.publish("third", rule_body(order=3))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await react(reactor)
    verdicts = [(each.rule, each.verdict, each.why) for each in explained(desk, ticket)]
    assert verdicts == [("first", "fired", None), ("second", "fired", None), ("third", "not_fired", "stop")]


async def test_an_explanation_says_of_a_rule_that_was_judged_too_late_that_its_subject_had_moved_on(
    desk: Automated,
) -> None:
    """Until the reactor has read the event, the rule waits."""
    await desk.publish("noting", rule_body(when={"field": "ticket.priority", "value": "P1"}))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        await desk.ask(ticket, t.PrioritiseTicket(priority="P3", reason="no"))
        (before,) = explained(desk, ticket)
        await react(reactor)
    (after,) = explained(desk, ticket)
    assert (before.verdict, before.why) == ("waits", None)
    assert (after.verdict, after.why) == ("not_fired", "moved_on")


async def test_an_explanation_of_many_events_reads_the_stream_and_the_position_of_the_reactor_once(
    desk: Automated, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = rule_body(on="ticket.message_received", when={"field": "ticket.priority", "value": "P1"})
    await desk.publish("noting", body)
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for number in range(3):
            await desk.ask(ticket, t.ReceiveMessage(body=f"hello {number}"))
        await desk.ask(ticket, t.PrioritiseTicket(priority="P3", reason="no"))
        await react(reactor)
    read: list[object] = []
    for name in ("stream", "worker_position"):
        monkeypatch.setattr(reader, name, noted(read, getattr(reader, name)))
    assert [each.why for each in explained(desk, ticket)] == ["moved_on"] * 3
    assert (read.count(ticket), read.count(REACTOR)) == (1, 1)


def noted(read: list[object], function: Callable[..., Any]) -> Callable[..., Any]:
    def noting(connection: Any, tenant: str, what: Any, *more: Any) -> Any:
        read.append(what)
        return function(connection, tenant, what, *more)

    return noting


async def test_an_explanation_of_an_instant_before_a_rule_was_judged_says_that_it_waits(desk: Automated) -> None:
    await desk.publish("noting", rule_body())
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        received = len(desk.log())
        await react(reactor)
    with caught_up_connection(desk) as connection:
        (explanation,) = explain(ExplanationRequest(connection, "default", datetime.now(UTC), received), ticket) or []
    assert explanation.verdict == "waits"


@pytest.mark.parametrize("together", [True, False])
async def test_an_explanation_says_that_a_rule_fires_once_for_a_subject(desk: Automated, *, together: bool) -> None:
    """Whether the reactor reads the second event together with the first one, or later."""
    await desk.publish("noting", rule_body(on="ticket.message_received", once_per="subject"))
    async with desk.reactor() as reactor:
        ticket = await desk.receive()
        for _ in range(2):
            await desk.ask(ticket, t.ReceiveMessage(body="hello"))
            if not together:
                await react(reactor)
        await react(reactor)
    verdicts = [(each.verdict, each.why) for each in explained(desk, ticket)]
    assert verdicts == [("not_fired", "once"), ("fired", None)]


async def test_what_rules_are_judged_by_is_read_once_for_all_of_them(
    desk: Automated, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(name: str) -> None:
        real = getattr(explanation_module, name)

        def noting(*given: Any) -> Any:
            read.append(name)
            return real(*given)

        monkeypatch.setattr(explanation_module, name, noting)

    for number in range(3):
        await desk.publish(f"reacting-{number}", rule_body())
        await desk.publish(f"timed-{number}", {"at": {"due": "resolved-for", "after": "24h"}, "then": [NOTE]})
    ticket = await desk.receive()
    noted("FactsOfBatch")
    noted("due_sources_at")
    assert {each.rule for each in explained(desk, ticket)} == {f"reacting-{number}" for number in range(3)}
    assert sorted(read) == ["FactsOfBatch", "due_sources_at"]
