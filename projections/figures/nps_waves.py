"""The answers to the published waves of the relationship survey: which count, and why the others do not."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from domain.customer_figures.nps_wave import NpsWave
from domain.definitions.kinds import NPS_WAVE
from domain.definitions.overview import overview
from domain.definitions.published import definition_in_effect
from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_name
from projections.customers.survivors import survivors
from projections.figures.of_customers import SURVIVORS, with_persons
from projections.figures.segments import persons_in
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "nps_waves.sql")


class PublishedWave(NamedTuple):
    """A wave by its version in effect when the question is judged. ``key`` is the name in folded form."""

    number: int
    name: str
    key: str
    body: NpsWave


def answers_in_waves(query: FigureQuery) -> sql.Composed:
    """The relationship answers with their wave. The vote of a person in a wave is its last answer in time.

    A wave is final when it has closed.
    """
    waves = list(_waves(query))
    recipients = [(wave.number, person) for wave in waves for person in _asked(query, wave)]
    columns = {
        "numbers": [wave.number for wave in waves],
        "names": [wave.name for wave in waves],
        "keys": [wave.key for wave in waves],
        "opens": [wave.body.opens for wave in waves],
        "closes": [wave.body.closes for wave in waves],
        "channels": [wave.body.channel for wave in waves],
        "everybody": [wave.body.segment is None for wave in waves],
        "asked_in": [number for number, _ in recipients],
        "asked": [person for _, person in recipients],
    }
    return _SQL["in waves"].composed(
        query.schema,
        answers=with_persons(query.table("nps_answers")),
        survivors=SURVIVORS,
        now=sql.Literal(query.now),
        **{name: sql.Literal(values) for name, values in columns.items()},
    )


def _waves(query: FigureQuery) -> Iterator[PublishedWave]:
    for number, each in enumerate(overview(query.definitions, query.now, NPS_WAVE.name), start=1):
        body = definition_in_effect(query.definitions, NPS_WAVE, query.now, each.name).body
        yield PublishedWave(number, each.name, fold_name(each.name), body)


def _asked(query: FigureQuery, wave: PublishedWave) -> Sequence[UUID]:
    """The persons who answered a wave of a segment in time, and were in the segment at its opening.

    A person is all customers that are merged now; one of them in the segment is enough.
    """
    if wave.body.segment is None or not _concerns(query, wave.body.opens, wave.body.closes):
        return ()
    statement = _SQL["answered"].composed(
        query.schema,
        survivors=survivors(query.schema),
        answers=with_persons(query.table("nps_answers")),
        key=sql.Literal(wave.key),
        opens=sql.Literal(wave.body.opens),
        closes=sql.Literal(wave.body.closes),
    )
    persons = [person for (person,) in query.connection.execute(statement).fetchall()]
    return [person for _, person in persons_in(query, wave.body.segment, [wave.body.opens], persons)]


def _concerns(query: FigureQuery, opens: datetime, closes: datetime) -> bool:
    """Whether an answer in time may lie in the period of the question."""
    scope = query.scope
    return opens < scope.end and closes > scope.start
