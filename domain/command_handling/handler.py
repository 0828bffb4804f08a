"""What an aggregate is, and how a command to aggregates is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, get_args
from uuid import UUID

from domain.automation.events import AutomationEvent
from domain.command_context import Actor
from domain.erasure.events import PersonalDataErased
from domain.messages import Command, Event

DecidedEvent = tuple[UUID, Any, datetime]
"""Stream, payload, and when it happened."""


class WithReason(NamedTuple):
    """A payload with a reason of its own, in place of that of the command."""

    payload: Event
    reason: str | None


_OF_EVERY_KIND: frozenset[type[Event]] = frozenset({*get_args(AutomationEvent), PersonalDataErased})


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How the streams of one kind are folded. Their topics begin with ``kind``. States are Any here.

    Events of automation and of erasure stand on the streams of every kind. They change no state, so ``evolve`` gets
    them only where it ``counts_events``, since its state names events by their versions. After its erasure a stream
    takes no more commands, unless it outlives the person: then ``without`` gives its state without a customer.
    """

    kind: str
    initial: Any
    evolve: Callable[[Any, Any, datetime], Any]
    counts_events: bool = False
    without: Callable[[Any, UUID], Any] | None = None

    def after(self, state: Any, event: Event, at: datetime) -> Any:
        """The state after one more event that happened ``at``."""
        if type(event) not in _OF_EVERY_KIND or self.counts_events:
            return self.evolve(state, event, at)
        if self.without is not None and isinstance(event, PersonalDataErased):
            return self.without(state, event.customer_id)
        return state


Parts = Sequence[tuple[UUID, Aggregate]]
"""Streams, each with its aggregate."""
Further = Callable[[UUID, Any, Mapping[UUID, Any]], Parts]
"""The streams that a decision reads because states name them: of the stream, the command and the states by stream."""


@dataclass(frozen=True, slots=True)
class CommandHandler:
    """How a command is decided: the streams that the decision reads, each with its aggregate, and the decider.

    ``parts`` gives the command's own stream first. ``decide`` gets the states in the same order. ``others_only_read``:
    the events are of the command's own stream alone. ``further`` gives the streams that only the states of other parts
    name, from the states by stream that are known so far; it is called again until it names no new one. With it
    ``decide`` gets the states by stream.
    """

    parts: Callable[[UUID, Any], Parts]
    decide: Callable[[Any, UUID, Any, Actor, datetime], list[DecidedEvent]]
    others_only_read: bool = False
    further: Further | None = None


Handlers = dict[type[Command], CommandHandler]


def handled(commands: Any, handler: CommandHandler) -> Handlers:
    """The same handler for each command of a union, or for one command."""
    return dict.fromkeys(get_args(commands) or (commands,), handler)


def decided_alone(aggregate: Aggregate, decide: Callable[[Any, Any], Sequence[Event]]) -> CommandHandler:
    """The handler of a command that one stream decides, by the command and its state; the events happen at once."""

    def decide_events(
        command: Any, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
    ) -> list[DecidedEvent]:
        return [(stream, event, at) for event in decide(command, states[0])]

    return CommandHandler(alone(aggregate), decide_events)


def alone(aggregate: Aggregate) -> Callable[[UUID, Command], Parts]:
    """The parts of a command that one stream decides."""
    return lambda stream, _command: ((stream, aggregate),)
