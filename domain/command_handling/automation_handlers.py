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
        parts = dict(self.subject(stream, command))
        for given in command.then:
            if given.command is not None:
                for part, aggregate in self.handler_of(given.command).parts(given.stream, given.command):
                    parts.setdefault(part, aggregate)
        return tuple(parts.items())

    def further(self, _stream: UUID, command: FireRule, known: Mapping[UUID, Any]) -> Parts:
        """The streams that the states of the parts of given commands name."""
        named: dict[UUID, Aggregate] = {}
        for given in command.then:
            named |= self._read_by(given, known)[1]
        return tuple(named.items())

    def decide(
        self, command: AutomationCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        self._must_have_events(command, states[0])
        return [(stream, decider.decide(command), at)]

    def decide_firing(
        self, command: FireRule, stream: UUID, states: Sequence[Any], by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        """The events of the given commands, each decided on the states that those before it leave."""
        self._must_have_events(command, states[0])
        left, aggregates = self._by_stream(stream, command, states)
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

    def _by_stream(
        self, stream: UUID, command: FireRule, states: Sequence[Any]
    ) -> tuple[dict[UUID, Any], dict[UUID, Aggregate]]:
        """The states by their streams, and the aggregates. They come in the order in which they were asked for."""
        aggregates = dict(self.subject_and_given(stream, command))
        known = dict(zip(aggregates, states, strict=False))
        while len(known) < len(states):
            new = {part: aggregate for part, aggregate in self.further(stream, command, known) if part not in known}
            aggregates |= new
            known |= zip(new, states[len(known) :], strict=False)
        return known, aggregates

    def _read_by(self, given: RuleCommand, known: Mapping[UUID, Any]) -> tuple[dict[UUID, Any], dict[UUID, Aggregate]]:
        """The states that a given command reads, in its order, and the streams that are not among those known."""
        if given.command is None:
            return {}, {}
        handler = self.handler_of(given.command)
        read = {part: known[part] for part, _ in handler.parts(given.stream, given.command)}
        while handler.further is not None:
            named = handler.further(given.stream, given.command, read)
            new = {part: aggregate for part, aggregate in named if part not in read}
            missing = {part: aggregate for part, aggregate in new.items() if part not in known}
            if not new or missing:
                return read, missing
            read |= {part: known[part] for part in new}
        return read, {}

    def _given(
        self, given: RuleCommand, left: dict[UUID, Any], by: Actor, at: datetime
    ) -> tuple[list[DecidedEvent], str | None]:
        """The events of one command, or none and the code of its refusal."""
        if given.command is None:
            return [], given.refused
        read, _ = self._read_by(given, left)
        states, decide = list(read.values()), self.handler_of(given.command).decide
        try:
            return decide(given.command, given.stream, states, by, given.command.occurred_at or at), None
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
