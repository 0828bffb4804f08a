"""Drawn facts of tickets: every figure of tickets equals plain Python over the exported events."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.sla.policy.events import PolicyPublished
from domain.text_folding import fold_name
from domain.workforce.definition import Workforce
from domain.zones import zone_named
from projections.figures import journey
from projections.figures.figure import FigureRow
from tests.support import drawn_facts as drawn
from tests.support import drawn_tickets
from tests.support.compared_figures import GROUPS_OF_TICKETS, TARGETS, VARIANTS
from tests.support.examples import THOROUGH
from tests.support.exported_questions import (
    MOST_PATHS,
    OF_TICKETS,
    Question,
    exported,
    must_agree,
    questions,
    reported,
    rows_of,
    seen_by,
)
from tests.support.plain_events import Fact
from tests.support.plain_periods import Span
from tests.support.plain_promises import PlainPromises

SEEDS = range(1, 6 if THOROUGH else 2)
FACTS, QUESTIONS = 700, 600 if THOROUGH else 60


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_drawn_tickets_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "MOST_PATHS", MOST_PATHS)  # there are fewer drawn paths than rows of a real question
    drawn_tickets.record(database_url, seed, FACTS)
    with exported(database_url, tmp_path) as (connection, events):
        for question in questions(seed, QUESTIONS, GROUPS_OF_TICKETS, events):
            plain = plain_promises(events, question)
            must_agree(connection, question, plain, figure_of(plain, question.figure))


@pytest.mark.parametrize("seed", SEEDS)
def test_repeat_contacts_and_loads_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    """Those of persons, and those of agents: they are no counts of facts."""
    drawn_tickets.record(database_url, seed, FACTS)
    with exported(database_url, tmp_path) as (connection, events):
        for question in questions(seed, QUESTIONS // 10, {"repeat-contact": OF_TICKETS}, events):
            whole = question._replace(where=None)
            came_back = plain_promises(events, whole).of_persons(whole.spans, whole.grouped)
            assert reported(connection, whole, None).counts == +came_back, whole
        for question in questions(seed, QUESTIONS // 10, {"load": ("team", "agent")}, events):
            plain = plain_promises(events, question)
            loads_must_agree(connection, question, plain)


def loads_must_agree(connection: psycopg.Connection, question: Question, plain: PlainPromises) -> None:
    """Compares the rows of agents, of teams and of overloaded agents, with and without a filter."""
    loads, teams = plain.loads(), plain.team_loads()
    named = {agent: {"agent": agent, "team": plain.team_of(agent)} for agent in loads}
    wanted, where = None, question.where and question.where[0]
    if question.where is not None:
        values = sorted({of[question.where[0]] for of in named.values()}, key=str)
        wanted = values[question.where[1] % len(values)]
    kept = {agent: row for agent, row in loads.items() if where is None or named[agent][where] == wanted}
    of_agents = rows_of(connection, question._replace(by=()), wanted)
    assert parts_by("agent", of_agents) == kept, question
    if where == "agent":  # no dimension of the others
        return
    of_teams = rows_of(connection, question._replace(figure="team-load", by=()), wanted)
    assert parts_by("team", of_teams) == {t: row for t, row in teams.items() if where is None or t == wanted}, question
    by_team = rows_of(connection, question._replace(figure="overloaded", by=("team",)), wanted)
    overloaded = plain.overloaded(by_team=True)
    assert parts_by("team", by_team) == {t: of for t, of in overloaded.items() if where is None or t == wanted}, (
        question
    )
    if where is None:
        (of_all,) = rows_of(connection, question._replace(figure="overloaded", by=()), None)
        assert of_all.parts == plain.overloaded(by_team=False)[None], question


def parts_by(name: str, rows: Sequence[FigureRow]) -> dict[str | None, dict[str, float | None]]:
    return {of and fold_name(of): dict(row.parts) for row in rows for of in [row.of[name]]}


def plain_promises(events: Sequence[RecordedEvent], question: Question) -> PlainPromises:
    zone = zone_named(drawn.ZONES[0])
    plain = PlainPromises(seen_by(question, events), question.now, question.calendar, zone, 1, 1)
    plain.rules = [
        event
        for event in events
        if isinstance(event.payload, PolicyPublished)
        and (question.known_at is None or event.recorded_at <= question.known_at)
    ]
    plain.workforce = Workforce.model_validate(drawn_tickets.WORKFORCE)
    return plain


def figure_of(plain: PlainPromises, name: str) -> Callable[[Span], Iterator[Fact]]:
    if name in VARIANTS:
        return lambda _: plain.first_contact(VARIANTS[name])
    target = name.removeprefix("sla-").replace("-", "_")
    if target in TARGETS:
        return lambda _: plain.sla(target)
    return getattr(plain, name.replace("-", "_"))  # type: ignore[no-any-return]
