"""Drawn facts of customers, contracts and procedures: the figures equal plain Python over the exported events."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.envelope import RecordedEvent
from domain.zones import zone_named
from tests.support import drawn_facts as drawn
from tests.support.compared_figures import GROUPS_OF_FACTS
from tests.support.examples import THOROUGH
from tests.support.exported_questions import Question, exported, must_agree, questions, seen_by
from tests.support.plain_facts import PlainFacts

SEEDS = range(1, 6 if THOROUGH else 2)
FACTS, QUESTIONS = 900, 300 if THOROUGH else 25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_drawn_facts_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    drawn.record(database_url, seed, FACTS)
    with exported(database_url, tmp_path) as (connection, events):
        for question in questions(seed, QUESTIONS, GROUPS_OF_FACTS, events):
            plain = plain_facts(events, question)
            must_agree(connection, question, plain, getattr(plain, question.figure.replace("-", "_")))


def plain_facts(events: Sequence[RecordedEvent], question: Question) -> PlainFacts:
    tenant, (valid, active) = zone_named(drawn.ZONES[0]), (drawn.VALID_DAYS, drawn.ACTIVE_DAYS)
    plain = PlainFacts(seen_by(question, events), question.now, question.calendar, tenant, valid, active)
    plain.waves = drawn.WAVES
    return plain
