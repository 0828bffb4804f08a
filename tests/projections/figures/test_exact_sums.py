"""A report of record is made again byte for byte: its sums must not depend on the order of the rows."""

import re

import psycopg
from psycopg import sql

from projections.figures.counting import facts_of
from projections.figures.figure import CountedFacts
from projections.figures.registry import FIGURES
from projections.registry import PROJECTIONS
from tests.support.events import instant
from tests.support.figure_answers import question
from tests.support.filled import filled

FLOAT8 = 701
"""The number of the type double precision; its sums depend on the order of their terms."""


def test_no_part_of_any_figure_adds_floats(database_url: str) -> None:
    floats = []
    with filled(database_url, PROJECTIONS) as connection:
        query = question(connection, instant(0), instant(60))
        for figure in FIGURES.values():
            if not isinstance(figure.reading, CountedFacts):
                continue
            for part in figure.reading.parts:
                terms = re.findall(r"(?:avg|sum)\((?:[^()]|\([^()]*\))*\)", part.aggregate)
                terms = [term for term in terms if "count(" not in term]  # a sum of counts has no fraction
                floats += [
                    (figure.name, part.name) for term in terms if _adds_floats(connection, figure.reading, query, term)
                ]
    assert floats == []


def _adds_floats(connection: psycopg.Connection, reading: CountedFacts, query: object, term: str) -> bool:
    statement = sql.SQL("{} select {} from placed").format(facts_of(reading, query), sql.SQL(term))  # type: ignore[arg-type]  # a part's own words
    columns = connection.execute(statement).description or []
    return [column.type_code for column in columns] == [FLOAT8]
