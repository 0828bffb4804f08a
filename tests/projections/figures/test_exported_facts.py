"""Drawn facts of customers, contracts and procedures: the figures equal plain Python over the exported events."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.zones import zone_named
from projections.figures.counting import counted_rows
from projections.figures.figure import CountedFacts, Runs
from projections.figures.registry import FIGURES
from projections.figures.runs import FEW_PERIODS, in_each_period
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_facts as drawn
from tests.support.compared_figures import GROUPS_OF_FACTS
from tests.support.examples import THOROUGH
from tests.support.exported_questions import Question, exported, must_agree, questions, seen_by
from tests.support.plain_facts import PlainFacts
from tests.support.told import TENANT

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
        assert must_count_alike(connection) == {"repeat-purchase", "retention"}


def must_count_alike(connection: psycopg.Connection) -> set[str]:
    """The figures whose facts count in runs of periods; counted fact by fact, they give the same."""
    position = reader.head(connection, TENANT)
    whole = FigureQuery(
        connection,
        schema_of(TENANT),
        drawn.NOW,
        Period(drawn.FIRST, drawn.LAST, zone_named(drawn.ZONES[1]), drawn.YEAR_BEGINS),
        "day",
        tenant=TENANT,
        definitions=reader.definitions(connection, TENANT, position),
    )
    cases: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        ((), {}), (("tier",), {}), (("segment", "tier"), {}), (("organisation",), {"tier": "gold"}),
        (("tier",), {"segment": drawn.SEGMENTS[0]}), (("segment",), {"segment": None}),
    )  # fmt: skip
    compared: set[str] = set()
    for figure in FIGURES.values():
        reading = figure.reading
        if not isinstance(reading, CountedFacts) or reading.runs is None:
            continue
        compared.add(figure.name)
        for by, where in cases:
            query = replace(whole, by=by, where=where)
            one_by_one = replace(reading, runs=None, facts=partial(_in_each_period, reading, reading.runs))
            rows = counted_rows(figure, reading, query)
            assert len(query.spans) > FEW_PERIODS
            assert sum(row.final + row.provisional for row in rows) > 10, (figure.name, by, where)
            assert rows == counted_rows(figure, one_by_one, query), (figure.name, by, where)
    return compared


def _in_each_period(reading: CountedFacts, runs: Runs, query: FigureQuery) -> sql.Composable:
    return in_each_period(reading.facts(query), runs, query)


def plain_facts(events: Sequence[RecordedEvent], question: Question) -> PlainFacts:
    tenant, (valid, active) = zone_named(drawn.ZONES[0]), (drawn.VALID_DAYS, drawn.ACTIVE_DAYS)
    plain = PlainFacts(seen_by(question, events), question.now, question.calendar, tenant, valid, active)
    plain.waves = drawn.WAVES
    return plain
