"""Drawn facts of customers, contracts and procedures: the figures equal plain Python over the exported events."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.envelope import RecordedEvent
from domain.zones import zone_named
from tests.support import drawn_facts as drawn
from tests.support.examples import THOROUGH
from tests.support.exported_questions import OF_CUSTOMERS, Question, exported, must_agree, questions, seen_by
from tests.support.plain_facts import PlainFacts

SEEDS = range(1, 6 if THOROUGH else 2)
FACTS, QUESTIONS = 900, 300 if THOROUGH else 25
FIGURES_OF_CUSTOMERS = (
    "nps", "nps-organisations", "nps-wave", "nps-wave-organisations", "repeat-purchase", "returning-buyers",
    "retention", "upsell", "upsell-customers", "upsell-value", "renewal", "renewal-value",
    "voice-of-customers", "procedure-step-time", "procedure-steps-skipped",
    "procedure-steps-overdue", "procedure-outcome", "procedures-running",
)  # fmt: skip
OF_WAVES = ("wave", "channel")
OF_STEPS = ("procedure", "step", "step_kind", "assigned_team", "assigned_agent")
OF_THEIR_OWN = {
    "nps-wave": OF_WAVES,
    "nps-wave-organisations": OF_WAVES,
    "voice-of-customers": ("theme",),
    "procedure-step-time": OF_STEPS,
    "procedure-steps-skipped": OF_STEPS,
    "procedure-steps-overdue": OF_STEPS,
    "procedure-outcome": ("procedure", "outcome"),
    "procedures-running": ("procedure",),
}
GROUPS = {figure: (*OF_CUSTOMERS, *OF_THEIR_OWN.get(figure, ())) for figure in FIGURES_OF_CUSTOMERS}
"""The figures, and the groups in which each is asked."""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_drawn_facts_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    drawn.record(database_url, seed, FACTS)
    with exported(database_url, tmp_path) as (connection, events):
        for question in questions(seed, QUESTIONS, GROUPS, events):
            plain = plain_facts(events, question)
            must_agree(connection, question, plain, getattr(plain, question.figure.replace("-", "_")))


def plain_facts(events: Sequence[RecordedEvent], question: Question) -> PlainFacts:
    tenant, (valid, active) = zone_named(drawn.ZONES[0]), (drawn.VALID_DAYS, drawn.ACTIVE_DAYS)
    plain = PlainFacts(seen_by(question, events), question.now, question.calendar, tenant, valid, active)
    plain.waves = drawn.WAVES
    return plain
