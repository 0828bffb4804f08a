"""Drawn facts of customers, contracts and procedures: the figures equal plain Python over the exported events."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, get_args

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.text_folding import fold_code
from domain.zones import TimeZone, zone_named
from projections.figures.answer import answer
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES
from projections.point_in_time.readings import as_it_was
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.examples import THOROUGH
from tests.support.exported_events import exported_histories
from tests.support.exported_files import exported_to
from tests.support.plain_facts import PlainFacts
from tests.support.plain_periods import Calendar
from tests.support.told import TENANT

SEEDS = range(1, 6 if THOROUGH else 2)
FACTS, QUESTIONS = 900, 300 if THOROUGH else 25
OF_CUSTOMERS = ("tier", "organisation")
OF_STEPS = (*OF_CUSTOMERS, "step", "assigned_team")
GROUPS: dict[str, tuple[str, ...]] = {
    "nps": OF_CUSTOMERS,
    "nps-wave": OF_CUSTOMERS,
    "repeat-purchase": OF_CUSTOMERS,
    "returning-buyers": OF_CUSTOMERS,
    "retention": OF_CUSTOMERS,
    "upsell": OF_CUSTOMERS,
    "upsell-customers": OF_CUSTOMERS,
    "renewal": OF_CUSTOMERS,
    "renewal-value": OF_CUSTOMERS,
    "voice-of-customers": (*OF_CUSTOMERS, "theme"),
    "procedure-step-time": OF_STEPS,
    "procedure-steps-skipped": OF_STEPS,
    "procedure-steps-overdue": OF_STEPS,
    "procedure-outcome": (*OF_CUSTOMERS, "procedure"),
    "procedures-running": (*OF_CUSTOMERS, "procedure"),
}
"""The figures, and the groups in which each is asked."""
NOT_COUNTED = {"margin", "small", "mean", "median", "p90", "elapsed_median", "mean_before", "change"}
"""The parts that are no sums of facts."""
DUE_LATER = {"renewal", "renewal-value", "procedure-steps-overdue"}
"""The figures that have periods which have not begun: a term or a step may be due in one."""


class Question(NamedTuple):
    figure: str
    every: Every
    by: tuple[str, ...]
    zone: TimeZone
    as_of: datetime | None
    known_at: datetime | None


def questions(seed: int, events: Sequence[RecordedEvent]) -> Iterator[Question]:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    for _ in range(QUESTIONS):
        figure = chance.choice(list(GROUPS))
        yield Question(
            figure,
            chance.choice(get_args(Every)),
            chance.choice([(), *((name,) for name in GROUPS[figure])]),
            zone_named(chance.choice(drawn.ZONES)),
            chance.choice([None, None, drawn.Draw(chance).at()]),
            chance.choice([None, None, chance.choice(events).recorded_at]),
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_drawn_facts_are_what_plain_python_makes_of_the_exported_events(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    with recorded(database_url, tmp_path, seed) as (connection, events):
        for question in questions(seed, events):
            assert reported(connection, question) == plainly(events, question), question


@contextmanager
def recorded(dsn: str, folder: Path, seed: int) -> Iterator[tuple[psycopg.Connection, list[RecordedEvent]]]:
    """A log with drawn facts, and its events from an export."""
    drawn.record(dsn, seed, FACTS)
    catch_up(dsn, TENANT)
    histories = exported_histories(exported_to(dsn, folder / "events.jsonl", "events", "jsonl"))
    events = sorted((event for history in histories for event in history), key=attrgetter("position"))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection, events


def plainly(events: Sequence[RecordedEvent], question: Question) -> Counter[tuple[Any, ...]]:
    seen = [
        event
        for event in events
        if (question.as_of is None or event.occurred_at <= question.as_of)
        and (question.known_at is None or event.recorded_at <= question.known_at)
    ]
    now, calendar = question.as_of or drawn.NOW, Calendar(question.zone, drawn.YEAR_BEGINS)
    plain = PlainFacts(seen, now, calendar, zone_named(drawn.ZONES[0]), drawn.VALID_DAYS, drawn.ACTIVE_DAYS)
    figure = getattr(plain, question.figure.replace("-", "_"))
    if question.figure == "nps-wave":
        figure = partial(figure, wave=drawn.WAVE, opens=drawn.WAVE_OPENS, closes=drawn.WAVE_CLOSES)
    spans = calendar.spans(drawn.FIRST, drawn.LAST, question.every)
    begun = [span for span in spans if span.start <= now or question.figure in DUE_LATER]
    return +plain.counted(figure, begun, grouped(question))


def grouped(question: Question) -> tuple[str, ...]:
    return (*question.by, *FIGURES[question.figure].always_by)


def reported(connection: psycopg.Connection, question: Question) -> Counter[tuple[Any, ...]]:
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in rows_of(connection, question):
        group = (row.period, *(folded(row, name) for name in grouped(question)))
        counts.update({(*group, part): value for part, value in row.parts.items() if part not in NOT_COUNTED})
        counts.update({(*group, f"left_out:{reason}"): number for reason, number in row.left_out.items()})
    return +counts


def folded(row: FigureRow, name: str) -> str | None:
    """A group, in every spelling of its name."""
    value = row.of[name]
    return fold_code(value) if value is not None and name in {"tier", "theme"} else value


def rows_of(connection: psycopg.Connection, question: Question) -> Sequence[FigureRow]:
    """The rows of a figure; none before its first period."""
    now = question.as_of or drawn.NOW
    figure = FIGURES[question.figure]
    with as_it_was(connection, TENANT, figure.projections, as_of=question.as_of, known_at=question.known_at) as schema:
        position = reader.head(connection, TENANT)
        query = FigureQuery(
            connection,
            schema,
            now,
            Period(drawn.FIRST, drawn.LAST, question.zone, drawn.YEAR_BEGINS),
            question.every,
            question.by,
            as_of=question.as_of,
            tenant=TENANT,
            definitions=reader.definitions(connection, TENANT, position),
        )
        return answer(figure, query, position).rows if query.spans else []
