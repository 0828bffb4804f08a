"""A state that is folded otherwise, or kept in another shape, needs another version of the snapshots."""

from datetime import datetime
from typing import Any

import pytest

from domain.command_handling import aggregates, state_snapshots
from domain.command_handling.aggregates import AGGREGATES
from domain.ticket.state import Ticket
from tests.support.golden import states, stored_history


def test_every_state_is_the_one_recorded_for_the_version_of_the_snapshots() -> None:
    assert states(stored_history()).problem() is None


def test_every_aggregate_has_a_recorded_state() -> None:
    kinds = {part.splitlines()[1].split()[0] for part in states(stored_history()).parts.values()}
    assert kinds == set(AGGREGATES)


def test_a_state_that_is_folded_otherwise_without_another_version_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    evolve = AGGREGATES["ticket"].evolve

    def otherwise(state: Ticket, event: Any, at: datetime) -> Any:
        return evolve(state, event, at)._replace(waiting_for=None)

    changed = aggregates.Aggregate("ticket", Ticket(), otherwise)
    monkeypatch.setattr(aggregates, "AGGREGATES", {**AGGREGATES, "ticket": changed})
    assert "raise its version" in (states(stored_history()).problem() or "")
    monkeypatch.setattr(state_snapshots, "VERSION", state_snapshots.VERSION + 1)
    assert "is not recorded" in (states(stored_history()).problem() or "")
