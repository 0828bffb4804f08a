"""The handlers of what automation records. A rule that fires gives its commands in the same decision."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.automation import decider
from domain.automation.commands import AutomationCommand, FireRule, RuleCommand
from domain.automation.events import Outcome
from domain.command_context import Actor
from domain.command_handling.handler import (
    Aggregate,
    CommandHandler,
    DecidedEvent,
    Handlers,
    Parts,
    WithReason,
    handled,
)
from domain.messages import Command
from domain.refusal import Refusal

AggregateOf = Callable[[str], Aggregate]
HandlerOf = Callable[[Command], CommandHandler]


def automation_handlers(aggregate_of: AggregateOf, handler_of: HandlerOf) -> Handlers:
    """The handlers of the commands of automation, which are to streams of every kind and give commands of every type.

    The registry of aggregates passes its two look-ups in.
    """

    def subject(stream: UUID, command: AutomationCommand) -> Parts:
        return ((stream, aggregate_of(command.subject_kind)),)

    def subject_and_given(stream: UUID, command: FireRule) -> Parts:
        parts = dict(subject(stream, command))
        for given in command.then:
            for part, aggregate in handler_of(given.command).parts(given.stream, given.command):
                parts.setdefault(part, aggregate)
        return tuple(parts.items())

    def decide_alone(
        command: AutomationCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        _must_have_events(aggregate_of(command.subject_kind), states[0])
        return [(stream, decider.decide(command), at)]

    def decide_firing(
        command: FireRule, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        """The events of the given commands, each decided on the states that those before it leave."""
        _must_have_events(aggregate_of(command.subject_kind), states[0])
        parts = subject_and_given(stream, command)
        aggregates = dict(parts)
        left = {part: state for (part, _), state in zip(parts, states, strict=True)}
        events: list[DecidedEvent] = []
        outcomes: list[Outcome] = []
        for given in command.then:
            try:
                decided = _decided(handler_of(given.command), given, left, by, at)
            except Refusal as refusal:
                outcomes.append(Outcome(command=given.name, stream=given.stream, refused=refusal.code))
                continue
            for part, payload, happened_at in decided:
                left[part] = aggregates[part].after(left[part], payload, happened_at)
                events.append((part, WithReason(payload, given.command.reason), happened_at))
            outcomes.append(Outcome(command=given.name, stream=given.stream, events=len(decided)))
        return [*events, (stream, decider.decide(command, outcomes), at)]

    return handled(AutomationCommand, CommandHandler(subject, decide_alone)) | {
        FireRule: CommandHandler(subject_and_given, decide_firing)
    }


def _decided(
    handler: CommandHandler, given: RuleCommand, left: dict[UUID, Any], by: Actor, at: datetime
) -> list[DecidedEvent]:
    states = [left[part] for part, _ in handler.parts(given.stream, given.command)]
    return handler.decide(given.command, given.stream, states, by, given.command.occurred_at or at)


def _must_have_events(aggregate: Aggregate, state: Any) -> None:
    """Raises Refusal when nothing has happened to the subject."""
    if state == aggregate.initial:
        rule = f"there is no such {aggregate.kind}, so that no rule has it for a subject"
        raise Refusal(f"{aggregate.kind}_unknown", rule, "none")
