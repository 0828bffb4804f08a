"""Which panels one reading makes, and how long each rests afterwards."""

from datetime import UTC, datetime

import pytest

from api.http import panel_pace
from api.http.panel_pace import (
    LONGEST_REST,
    ONE_READING,
    ROUND_SECONDS,
    KeptPanel,
    ShownPanel,
    due_times,
    fitting,
)
from domain.tenant_settings import TenantSettings

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def kept(**seconds: float) -> dict[str, KeptPanel]:
    """Panels of these costs that were made by one reading."""
    return {name: KeptPanel(ShownPanel(b"", 1, NOON, cost, TenantSettings()), 0.0) for name, cost in seconds.items()}


def test_one_reading_makes_the_cheap_panels_and_as_many_costly_ones_as_fit() -> None:
    panels = kept(within=ONE_READING * 0.7, backlog=ONE_READING * 0.6, teams=ONE_READING * 0.1, due=ONE_READING * 0.1)
    assert set(fitting(panels, panels)) == {"teams", "due", "backlog"}
    panels["backlog"] = KeptPanel(panels["backlog"].panel, 1.0)
    assert set(fitting(panels, panels)) == {"teams", "due", "within"}


def test_a_panel_that_costs_more_than_a_reading_has_its_turn() -> None:
    assert fitting(kept(within=ONE_READING * 9), ["within"]) == ["within"]


def test_panels_that_do_not_fit_into_one_reading_have_the_share_of_time_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panel_pace, "LONGEST_REST", 10_000.0)
    panels = kept(within=ONE_READING, late=ONE_READING / 2, due=0.01, teams=0.001)
    rests = due_times(panels)
    assert rests["due"] == rests["teams"] == 0.0
    between = {name: rest + ROUND_SECONDS / 2 if rest else ROUND_SECONDS for name, rest in rests.items()}
    used = {name: panel.panel.seconds / between[name] for name, panel in panels.items()}
    assert sum(used.values()) == pytest.approx(panel_pace.SHARE_OF_TIME)
    assert used["within"] == pytest.approx(used["late"])


def test_no_panel_rests_longer_than_the_longest_rest() -> None:
    assert max(due_times(kept(within=ONE_READING * 90, due=0.01)).values()) <= LONGEST_REST


def test_panels_that_fit_into_one_reading_are_made_together_without_a_rest_of_their_own() -> None:
    panels = kept(within=ONE_READING * 0.7, due=ONE_READING * 0.2)
    assert due_times(panels) == {"within": 0.0, "due": 0.0}
    assert set(fitting(panels, panels)) == {"within", "due"}
