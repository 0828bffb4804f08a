"""The handlers of what automation records.

A rule that fires gives its commands in the same decision.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    """The handlers of automation commands: their streams are of every kind, and they give commands of every type.

    The registry of aggregates passes its two look-ups in.
    """
    handlers = _AutomationHandlers(aggregate_of, handler_of)
    return handled(AutomationCommand, CommandHandler(handlers.subject, handlers.decide)) | {
        FireRule: CommandHandler(handlers.subject_and_given, handlers.decide_firing, further=handlers.further)
    }


@dataclass(frozen=True, slots=True)
class _AutomationHandlers:
    aggregate_of: AggregateOf
    handler_of: HandlerOf

    def subject(self, stream: UUID, command: AutomationCommand) -> Parts:
        return ((stream, self.aggregate_of(command.subject_kind)),)

    def subject_and_given(self, stream: UUID, command: FireRule) -> Parts:
        """The subject, and the parts of the commands that the rule gives."""
        return self.further(stream, command, {})

    def further(self, stream: UUID, command: FireRule, known: Mapping[UUID, Any]) -> Parts:
        """The same, with the streams that the known states of these parts name."""
        parts = dict(self.subject(stream, command))
        for given in command.then:
            parts |= self._parts(given, known)
        return tuple(parts.items())

    def decide(
        self, command: AutomationCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        self._must_have_events(command, states[0])
        return [(stream, decider.decide(command), at)]

    def decide_firing(
        self, command: FireRule, stream: UUID, states: Mapping[UUID, Any], by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        """The events of the given commands, each decided on the states that those before it leave."""
        self._must_have_events(command, states[stream])
        aggregates, left = dict(self.further(stream, command, states)), dict(states)
        events: list[DecidedEvent] = []
        outcomes: list[Outcome] = []
        for given in command.then:
            decided, refused = self._given(given, left, by, at)
            reason = None if given.command is None else given.command.reason
            for part, payload, happened_at in decided:
                left[part] = aggregates[part].after(left[part], payload, happened_at)
                events.append((part, WithReason(payload, reason), happened_at))
            outcomes.append(Outcome(command=given.name, stream=given.stream, events=len(decided), refused=refused))
        return [*events, (stream, decider.decide(command, outcomes), at)]

    def _parts(self, given: RuleCommand, known: Mapping[UUID, Any]) -> dict[UUID, Aggregate]:
        """The streams that a given command reads, those that states name as far as the states are known."""
        if given.command is None:
            return {}
        handler = self.handler_of(given.command)
        parts = dict(handler.parts(given.stream, given.command))
        if handler.further is not None and parts.keys() <= known.keys():
            parts |= handler.further(given.stream, given.command, known)
        return parts

    def _given(
        self, given: RuleCommand, left: Mapping[UUID, Any], by: Actor, at: datetime
    ) -> tuple[list[DecidedEvent], str | None]:
        """The events of one command, or none and the code of its refusal."""
        if given.command is None:
            return [], given.refused
        handler = self.handler_of(given.command)
        states = left if handler.further else [left[part] for part, _ in handler.parts(given.stream, given.command)]
        try:
            return handler.decide(given.command, given.stream, states, by, given.command.occurred_at or at), None
        except Refusal as refusal:
            if given.otherwise is None or refusal.code != given.refused:
                return [], refusal.code
        other = given.model_copy(update={"command": given.otherwise, "otherwise": None, "refused": None})
        return self._given(other, left, by, at)

    def _must_have_events(self, command: AutomationCommand, state: Any) -> None:
        """Raises Refusal when nothing has happened to the subject.

        A stream without events has the very object ``initial``; the state behind an event may only equal it.
        """
        aggregate = self.aggregate_of(command.subject_kind)
        if state is aggregate.initial:
            rule = f"there is no such {aggregate.kind}, so that no rule has it for a subject"
            raise Refusal(f"{aggregate.kind}_unknown", rule, "none")
