"""A state that is folded otherwise, or kept in another shape, needs another version of the snapshots."""

from datetime import datetime

import pytest

from domain.command_handling import aggregates, state_snapshots
from domain.command_handling.aggregates import AGGREGATES
from domain.command_handling.handler import Aggregate
from domain.command_handling.ticket_stream import TicketStream, evolve
from domain.messages import Event
from tests.support.golden import states, stored_history


def test_every_state_is_the_one_recorded_for_the_version_of_the_snapshots() -> None:
    assert states(stored_history()).problem() is None


def test_every_aggregate_has_a_recorded_state() -> None:
    kinds = {part.splitlines()[1].split()[0] for part in states(stored_history()).parts.values()}
    assert kinds == set(AGGREGATES)


def test_a_state_that_is_folded_otherwise_without_another_version_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def otherwise(stream: TicketStream, event: Event, at: datetime) -> TicketStream:
        after = evolve(stream, event, at)
        return after._replace(ticket=after.ticket._replace(waiting_for=None))

    changed = Aggregate("ticket", TicketStream(), otherwise)
    monkeypatch.setattr(aggregates, "AGGREGATES", {**AGGREGATES, "ticket": changed})
    assert "raise its version" in (states(stored_history()).problem() or "")
    monkeypatch.setattr(state_snapshots, "VERSION", state_snapshots.VERSION + 1)
    assert "is not recorded" in (states(stored_history()).problem() or "")
