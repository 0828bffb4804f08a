"""What a part of a figure counts in a group, and how many facts are listed behind it, over a fixed log."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import psycopg

from domain.event_log import reader
from domain.zones import zone_named
from projections.figures.answer import answer, subjects
from projections.figures.counting import LEFT_OUT
from projections.figures.figure import CountedFacts, Figure, FigureRow, FigureSubject
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_facts as drawn
from tests.support.golden_figures import SCHEMA, TENANT

NO_COUNTS = frozenset({"mean", "median", "most", "expected_effort", "working_time_left", "capacity"})
"""The parts of figures computed in Python that are no numbers of facts."""


class Listed(NamedTuple):
    """A part of a group: the number that it counts, and the number of facts or persons that are listed behind it."""

    figure: str
    of: Mapping[str, str | None]
    part: str
    counted: int
    listed: int


def each_part(connection: psycopg.Connection, figure: Figure) -> Iterator[Listed]:
    """Every part that counts, of the whole."""
    for row in _rows(connection, figure):
        yield from (_listed(connection, figure, row, part) for part in _counts_of(figure))


def each_group(connection: psycopg.Connection, figure: Figure, dimension: str) -> Iterator[Listed]:
    """Every part that counts, of each group by a dimension."""
    for row in _rows(connection, figure, dimension):
        yield from (_listed(connection, figure, row, part) for part in _counts_of(figure))


def one_group(connection: psycopg.Connection, figure: Figure, dimension: str, turn: int) -> Iterator[Listed]:
    """One part of one group by a dimension, another one in each turn."""
    rows, parts = _rows(connection, figure, dimension), _counts_of(figure)
    if rows and parts:
        yield _listed(connection, figure, rows[turn % len(rows)], parts[turn // 2 % len(parts)])


def _rows(connection: psycopg.Connection, figure: Figure, *by: str) -> list[FigureRow]:
    query = _question(connection, figure, by, {})
    return list(answer(figure, query, reader.head(connection, TENANT)).rows)


def _question(
    connection: psycopg.Connection, figure: Figure, by: tuple[str, ...], where: Mapping[str, str | None]
) -> FigureQuery:
    at_present = figure.judged == "at the present instant"
    first: date | None = None if at_present else drawn.FIRST
    last: date | None = None if at_present else drawn.LAST
    position = reader.head(connection, TENANT)
    return FigureQuery(
        connection,
        SCHEMA,
        drawn.NOW,
        Period(first, last, zone_named(drawn.ZONES[0]), drawn.YEAR_BEGINS),
        None,
        by,
        where,
        tenant=TENANT,
        definitions=reader.definitions(connection, TENANT, position),
        position=position,
    )


def _counts_of(figure: Figure) -> list[str]:
    """The parts that count facts or persons, and the counts of what is left out."""
    left_out = [f"{LEFT_OUT}{reason}" for reason in figure.left_out]
    if isinstance(figure.reading, CountedFacts):
        parts = [part.name for part in figure.reading.parts if part.aggregate.startswith("count(")]
    else:
        parts = [name for name in figure.reading.parts if name not in NO_COUNTS]
    return parts + left_out


def _listed(connection: psycopg.Connection, figure: Figure, row: FigureRow, part: str) -> Listed:
    facts = subjects(figure, _question(connection, figure, (), row.of), part, limit=10_000)
    counted = row.left_out[part.removeprefix(LEFT_OUT)] if part.startswith(LEFT_OUT) else row.parts[part]
    return Listed(figure.name, row.of, part, int(counted or 0), len({_counted(figure, part, fact) for fact in facts}))


def _counted(figure: Figure, part: str, fact: FigureSubject) -> object:
    """What the part counts once: a person, a subject, or each fact."""
    parts = figure.reading.parts if isinstance(figure.reading, CountedFacts) else ()
    for each in parts:
        if each.name == part and each.of_persons:
            return fact.customer
        if each.name == part and each.aggregate == "count(distinct subject)":
            return fact.subject
    return fact
