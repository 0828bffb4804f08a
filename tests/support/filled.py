"""Tables of projections with the rows that their folds make of given histories."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from domain.envelope import RecordedEvent
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.engine.rebuild import make_current
from tests.support.folded import fold

SCHEMA = "tenant_default"


@contextmanager
def filled(
    dsn: str, projections: Sequence[Projection], *histories: Sequence[RecordedEvent]
) -> Iterator[psycopg.Connection]:
    """A connection to tables with these histories, in a time zone that is not UTC and has summer time."""
    make_current(dsn, "default", projections)
    with psycopg.connect(dsn, autocommit=True, options="-c timezone=Europe/Berlin") as connection:
        add(connection, projections, *histories)
        yield connection


def add(
    connection: psycopg.Connection,
    projections: Sequence[Projection],
    *histories: Sequence[RecordedEvent],
    inputs: FoldInputs = NO_INPUTS,
) -> None:
    """Replaces the rows of the histories' streams."""
    for history in histories:
        for projection in (each for each in projections if each.reads(history[0].kind)):
            rows = fold(projection, history, inputs=inputs)
            for table in projection.tables:
                name, columns = sql.Identifier(SCHEMA, table.name), [sql.Identifier(c.name) for c in table.columns]
                connection.execute(
                    sql.SQL("delete from {} where {} = %s").format(name, columns[0]), [history[0].stream]
                )
                copied = sql.SQL("copy {} ({}) from stdin").format(name, sql.SQL(", ").join(columns))
                with connection.cursor() as cursor, cursor.copy(copied) as copy:
                    for row in rows:
                        if type(row) is table.row:
                            copy.write_row(table.values_of(row))
