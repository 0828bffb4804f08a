"""Drawn facts of health, segments and surveys: the figures equal plain Python over the exported events."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.envelope import RecordedEvent
from domain.sla.policy.events import PolicyPublished
from domain.zones import zone_named
from tests.support import drawn_facts as drawn
from tests.support import drawn_health
from tests.support.compared_figures import GROUPS_OF_HEALTH
from tests.support.examples import THOROUGH
from tests.support.exported_questions import (
    Question,
    exported,
    must_agree,
    questions,
    seen_by,
)
from tests.support.plain_surveys import PlainSurveys

SEEDS = range(1, 6 if THOROUGH else 2)
FACTS, QUESTIONS = 900, 200 if THOROUGH else 24


@pytest.mark.parametrize("seed", SEEDS)
def test_bands_eligible_customers_and_surveys_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    drawn_health.record(database_url, seed, FACTS)
    with exported(database_url, tmp_path) as (connection, events):
        for question in questions(seed, QUESTIONS, GROUPS_OF_HEALTH, events):
            plain = plain_surveys(events, question)
            must_agree(connection, question, plain, getattr(plain, question.figure.replace("-", "_")))


def plain_surveys(events: Sequence[RecordedEvent], question: Question) -> PlainSurveys:
    tenant, (valid, active) = zone_named(drawn.ZONES[0]), (drawn.VALID_DAYS, drawn.ACTIVE_DAYS)
    plain = PlainSurveys(seen_by(question, events), question.now, question.calendar, tenant, valid, active)
    plain.rules = [
        event
        for event in events
        if isinstance(event.payload, PolicyPublished)
        and (question.known_at is None or event.recorded_at <= question.known_at)
    ]
    return plain
