"""Given what has happened, when somebody asks for something, then this happens: how a decider is specified."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.circumstances import Actor
from domain.message import Command, Event
from domain.refusal import Refusal

AGENT = Actor(id="linh", kind="agent")
CUSTOMER = Actor(id="khach", kind="customer")
SYSTEM = Actor(id="watch", kind="system")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

Decide = Callable[[Any, Any, Actor], Sequence[Event]]
Evolve = Callable[[Any, Any, datetime], Any]


@dataclass(frozen=True)
class Specification:
    """One aggregate: its first state, its fold and its decider. Every given event happened at NOON."""

    initial: Any
    evolve: Evolve
    decide: Decide

    def given(self, *events: Event) -> "Given":
        """The history so far."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event, NOON)
        return Given(self, state)


@dataclass(frozen=True)
class Given:
    """The state that a history has led to."""

    specification: Specification
    state: Any

    def when(self, command: Command, by: Actor = AGENT) -> "Outcome":
        """Somebody asks."""
        try:
            return Outcome(events=list(self.specification.decide(command, self.state, by)))
        except Refusal as refusal:
            return Outcome(refusal=refusal)


@dataclass(frozen=True)
class Outcome:
    """One of the three answers that a command can have."""

    events: list[Event] = field(default_factory=list)
    refusal: Refusal | None = None

    def then(self, *events: Event) -> None:
        """It acts: exactly these events, in this order."""
        assert events, "a command without events stays quiet: say then_quiet()"
        assert self.refusal is None, f"refused: {self.refusal}"
        assert self.events == list(events)

    def then_quiet(self) -> None:
        """What it asks is so already: success without events."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert self.events == []

    def then_refused(self, code: str) -> None:
        """A rule forbids it, and the refusal says which, in a sentence, and in what state."""
        if self.refusal is None:
            pytest.fail(f"not refused: {self.events}")
        assert self.refusal.code == code
        assert self.refusal.rule
        assert self.refusal.state
