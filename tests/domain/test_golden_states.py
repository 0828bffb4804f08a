"""A state that is folded otherwise, or kept in another shape, needs another version of the snapshots."""

import pytest

from domain.command_handling import aggregates
from domain.command_handling.aggregates import AGGREGATES
from domain.ticket.state import Ticket
from tests.support import golden
from tests.support.golden import states, stored_history


def test_every_state_is_the_one_recorded_for_the_version_of_the_snapshots() -> None:
    assert states(stored_history()).problem() is None


def test_every_aggregate_has_a_recorded_state() -> None:
    kinds = {part.splitlines()[1].split()[0] for part in states(stored_history()).parts.values()}
    assert kinds == set(AGGREGATES)


def test_a_state_that_is_folded_otherwise_without_another_version_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    evolve = AGGREGATES["ticket"].evolve

    def otherwise(state: Ticket, event: object, at: object) -> Ticket:
        return evolve(state, event, at)._replace(waiting_for=None)

    changed = aggregates.Aggregate("ticket", Ticket(), otherwise)
    monkeypatch.setattr(aggregates, "AGGREGATES", {**AGGREGATES, "ticket": changed})
    assert "raise its version" in (states(stored_history()).problem() or "")
    monkeypatch.setattr(golden, "VERSION", golden.VERSION + 1)
    assert "is not recorded" in (states(stored_history()).problem() or "")
