"""What is told late: longer than seven days after it happened, by anybody but an import, if any figure counts it."""

from datetime import timedelta

import pytest

from domain.command_context import Actor
from domain.messages import Event
from domain.sla import events as sla_events
from domain.ticket import events as e
from domain.ticket.lateness import LATE_AFTER, first_told_late
from tests.support.events import (
    AGENT,
    CUSTOMER_ACTOR,
    IMPORT,
    SYSTEM,
    Fact,
    asked,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)

DAY = 24 * 60
WEEK = 7 * DAY


@pytest.mark.parametrize("actor", [AGENT, CUSTOMER_ACTOR, SYSTEM])
def test_a_fact_is_told_late_when_more_than_seven_days_lie_between(actor: Actor) -> None:
    assert timedelta(minutes=WEEK) == LATE_AFTER
    assert first_told_late(history(at(0, received()), at(60, resolved(), actor, recorded=60 + WEEK))) is None
    later = history(at(0, received()), at(60, resolved(), actor, recorded=60 + WEEK + 1e-6))
    assert first_told_late(later) == instant(60)


def test_what_an_import_tells_is_never_late() -> None:
    assert first_told_late(history(at(0, received(), IMPORT, recorded=10 * WEEK), at(60, resolved(), IMPORT))) is None


@pytest.mark.parametrize(
    "payload",
    [
        e.NoteAdded(body="called back"),
        sla_events.SlaBreached(target="resolution", instance=1, activated_by=1, due_at=instant(5)),
    ],
)
def test_what_no_figure_counts_is_never_late(payload: Event) -> None:
    assert first_told_late(history(at(0, received()), at(60, payload, recorded=10 * WEEK))) is None


def test_the_earliest_of_several_is_told() -> None:
    facts: list[Fact] = [at(30, asked(), recorded=2 * WEEK), at(20, replied(), recorded=2 * WEEK)]
    assert first_told_late(history(at(0, received()), *facts)) == instant(20)
