"""Specifications of deciders: given a history, when a command comes, then these events, none, or a refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from domain.command_context import Actor
from domain.messages import Command, Event
from domain.refusal import Refusal
from projections.engine.projection import Projection
from tests.support.events import AGENT, MINUTE, START, Fact, history, in_turn, instant
from tests.support.folded import rows_of

Decide = Callable[[Any, Any, Actor], Sequence[Event]]
Evolve = Callable[[Any, Any, datetime], Any]
Occurred = Callable[[Any, Any, datetime], datetime]


def whole(state: Any) -> Any:
    """The state as the decider sees it is the one that tests look at."""
    return state


def when_asked(_event: Any, _state: Any, at: datetime) -> datetime:
    """Every event happens at the instant of its command."""
    return at


@dataclass(frozen=True)
class Specification:
    """One aggregate: its first state, its fold, its decider, and when a decided event counts as having happened.

    ``view`` is the part of the state that tests look at. ``dated`` gives the instant of what a command leads to.
    """

    initial: Any
    evolve: Evolve
    decide: Decide
    occurred: Occurred = when_asked
    view: Callable[[Any], Any] = whole
    dated: Occurred = when_asked

    def given(self, *happened: Event | Fact) -> "Given":
        """The history so far: each event at an instant of its own, ``at(minute, event)`` or a minute after the last."""
        facts = in_turn(happened)
        return Given(self, facts, self.fold(self.initial, facts))

    def fold(self, state: Any, facts: Sequence[Fact]) -> Any:
        for fact in facts:
            state = self.evolve(state, fact.payload, fact.occurred_at)
        return state


@dataclass(frozen=True)
class Given:
    """A history and its state."""

    specification: Specification
    facts: list[Fact]
    folded: Any

    @property
    def state(self) -> Any:
        """The part of the state that tests look at."""
        return self.specification.view(self.folded)

    def when(self, command: Command, by: Actor = AGENT, minute: float | None = None) -> "Outcome":
        """Decides a command, ``minute`` minutes after START, by default a minute after the last event."""
        now = instant(minute) if minute is not None else self.facts[-1].occurred_at + MINUTE if self.facts else START
        try:
            events = list(self.specification.decide(command, self.folded, by))
        except Refusal as refusal:
            return Outcome(self, refusal=refusal)
        at = self.specification.dated(command, self.folded, command.occurred_at or now)
        return Outcome(self, [Fact(self.specification.occurred(event, self.folded, at), event, by) for event in events])


@dataclass(frozen=True)
class Outcome:
    """One of the three answers to a command."""

    given: Given
    facts: list[Fact] = field(default_factory=list)
    refusal: Refusal | None = None

    def then(self, *events: Event) -> "Outcome":
        """The command acts, with exactly these events in this order."""
        assert events, "a command without events stays quiet: say then_quiet()"
        assert self.refusal is None, f"refused: {self.refusal}"
        assert [fact.payload for fact in self.facts] == list(events)
        return self

    def then_at(self, *minutes: float) -> "Outcome":
        """The instants of the events, in minutes after START."""
        assert [fact.occurred_at for fact in self.facts] == [instant(minute) for minute in minutes]
        return self

    def then_state(self, **expected: object) -> "Outcome":
        """The aggregate has these fields after the events."""
        state = self.given.specification.view(self.given.specification.fold(self.given.folded, self.facts))
        assert {name: getattr(state, name) for name in expected} == expected
        return self

    def then_read_model(self, projection: Projection, **expected: object) -> "Outcome":
        """The one row in the first table of the projection has these columns after the events."""
        (row,) = rows_of(projection.tables[0].row, projection, history(*self.given.facts, *self.facts))
        assert {name: getattr(row, name) for name in expected} == expected
        return self

    def then_quiet(self) -> None:
        """The command stays quiet: it succeeds without events."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert self.facts == []

    def then_refused(self, code: str) -> None:
        """The command is refused with this code, a sentence and the state."""
        if self.refusal is None:
            pytest.fail(f"not refused: {self.facts}")
        assert self.refusal.code == code
        assert self.refusal.rule
        assert self.refusal.state
