"""Tables of projections with the rows that their folds make of given histories."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from domain.envelope import RecordedEvent
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.engine.rebuild import make_current
from projections.engine.table_writer import copying_into, remove_rows
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
    tables = [table for projection in projections for table in projection.tables]
    if tables:
        remove_rows(connection, SCHEMA, tables, [history[0].stream for history in histories])
    for projection in projections:
        read = [history for history in histories if projection.reads(history[0].kind)]
        rows = [row for history in read for row in fold(projection, history, inputs=inputs)]
        for table in projection.tables:
            if of_table := [row for row in rows if type(row) is table.row]:
                with connection.cursor() as cursor, copying_into(cursor, SCHEMA, table) as write:
                    for row in of_table:
                        write(row)
