"""A rule that fires: its commands and what became of them are decided together."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from domain.automation import commands as c
from domain.automation import events as a
from domain.command_context import Actor, CommandContext, Origin
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decide import EMPTY, Decision, StaleVersion, decide_command, fold
from domain.envelope import RecordedEvent
from domain.event_log.reader import CODEC
from domain.messages import Command
from domain.refusal import Refusal
from domain.ticket import commands as t
from domain.ticket import events as e
from tests.support.events import NOON, TICKET, at, history, received, resolved

RULE = Actor(id="rule:vip-first", kind="system")
SAMPLES = Path(__file__).parent / "event_log" / "samples"
OPEN = history(at(0, received()))


def given_by_rule(name: str, command: Command, stream: UUID = TICKET) -> c.RuleCommand:
    return c.RuleCommand(name=name, stream=stream, command=command)


def firing(*then: c.RuleCommand, subject_kind: str = "ticket") -> c.FireRule:
    return c.FireRule(subject_kind=subject_kind, rule="vip-first", version=2, cause="e-1", then=then)


ESCALATE = given_by_rule("escalate", t.EscalateTicket(to="lead", level=1, reason="a VIP waits"))
PRIORITISE = given_by_rule("prioritise", t.PrioritiseTicket(priority="P1", reason="a VIP"))
REOPEN = given_by_rule("reopen", t.ReopenTicket(reason="not solved"))
RESOLVE = given_by_rule("resolve", t.ResolveTicket(resolution="answered", code="thanks"))


def decided(command: Command, events: Sequence[RecordedEvent], expected_version: int | None = None) -> Decision:
    context = CommandContext(
        RULE, "auto/vip-first/1", Origin(channel="automation"), causation_id="e-1", depth=3,
        expected_version=expected_version,
    )  # fmt: skip
    request = CommandRequest.of(TICKET, command, context)
    return decide_command(request, dict.fromkeys(request.streams, EMPTY) | {TICKET: fold(EMPTY, events)}, NOON)


def test_the_events_of_the_commands_come_before_the_one_that_says_it_fired() -> None:
    events = decided(firing(ESCALATE, PRIORITISE), OPEN).events
    assert [event.payload.topic for event in events] == ["ticket.escalated", "ticket.prioritised", "automation.fired"]
    assert [event.version for event in events] == [2, 3, 4]
    assert [event.envelope.reason for event in events] == ["a VIP waits", "a VIP", None]
    assert {event.envelope.depth for event in events} == {3}
    assert {event.envelope.causation_id for event in events} == {"e-1"}
    assert events[-1].payload.outcomes == (
        a.Outcome(command="escalate", stream=TICKET, events=1),
        a.Outcome(command="prioritise", stream=TICKET, events=1),
    )


def test_a_command_is_decided_on_the_state_that_the_command_before_it_leaves() -> None:
    fired = decided(firing(RESOLVE, REOPEN), OPEN).events[-1].payload
    assert [(outcome.command, outcome.events) for outcome in fired.outcomes] == [("resolve", 1), ("reopen", 1)]


def test_a_refused_command_is_recorded_as_refused_and_the_others_go_on() -> None:
    events = decided(firing(REOPEN, PRIORITISE), OPEN).events
    assert [event.payload.topic for event in events] == ["ticket.prioritised", "automation.fired"]
    assert [outcome.refused for outcome in events[-1].payload.outcomes] == ["ticket_not_resolved", None]


def test_a_rule_that_was_judged_on_another_version_does_not_fire() -> None:
    assert decided(firing(ESCALATE), OPEN, expected_version=1).events
    with pytest.raises(StaleVersion):
        decided(firing(ESCALATE), [*OPEN, *history(at(0, received()), at(1, resolved()))[1:]], expected_version=1)


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (
            c.ShadowRule(subject_kind="ticket", rule="r", version=1, due="d", due_at=NOON, commands=("notify",)),
            a.AutomationShadowed(rule="r", version=1, due="d", due_at=NOON, commands=("notify",)),
        ),
        (
            c.PassOverRule(subject_kind="ticket", rule="r", version=1, cause="e-1", why="stale"),
            a.AutomationPassedOver(rule="r", version=1, cause="e-1", why="stale"),
        ),
        (
            c.SuspendRule(subject_kind="ticket", rule="r", version=1, why="depth"),
            a.AutomationSuspended(rule="r", version=1, why="depth"),
        ),
        (c.ResumeRule(subject_kind="ticket", rule="r", reason="mended"), a.AutomationResumed(rule="r")),
    ],
)
def test_what_else_automation_records_is_one_event(command: Command, event: a.AutomationEvent) -> None:
    assert [new.payload for new in decided(command, OPEN).events] == [event]


def test_nothing_is_recorded_on_a_stream_without_events_or_of_another_kind() -> None:
    with pytest.raises(Refusal, match="there is no such ticket"):
        decided(firing(ESCALATE), [])
    with pytest.raises(Refusal, match="is the id of a ticket"):
        decided(firing(subject_kind="customer"), OPEN)


def test_a_ticket_is_the_same_after_what_automation_records() -> None:
    fired = history(
        at(0, received()), at(1, a.AutomationFired(rule="r", version=1, cause="e-1")), at(2, e.WorkStarted())
    )
    plain = history(at(0, received()), at(2, e.WorkStarted()))
    assert fold(EMPTY, fired).state.ticket == fold(EMPTY, plain).state.ticket


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_subject_with_any_event_is_told_from_one_that_there_is_not(path: Path) -> None:
    topic = path.stem.partition("@")[0]
    if topic.startswith(("automation.", "personal_data.")):  # they stand in streams of every kind
        return
    event = CODEC.decode(1, TICKET, 1, topic, NOON, path.read_text(encoding="utf-8"))
    passed_over = c.PassOverRule(subject_kind=event.kind, rule="r", version=1, cause="e-1", why="stale")
    assert [new.payload.topic for new in decided(passed_over, [event]).events] == ["automation.passed_over"]
