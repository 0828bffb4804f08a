"""Writes the rows of projections into their tables."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from uuid import UUID

from psycopg import Connection, Cursor, sql

from domain.event_log.roles import AUDITOR, FOLLOWER, READER, if_role_exists, roles_exist
from domain.event_log.schema import in_schema
from domain.event_log.tables import CHECKPOINTS
from domain.ids import as_array
from projections.engine.checkpoints import make_checkpoints
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.projection import FoldInputs, Projection, Row
from projections.engine.stream import Stream
from projections.engine.table import Table

WriteRow = Callable[[Row], None]
SMALL_BATCH = 100
"""Streams whose rows are all folded before the first one leaves: a wait between two folds costs more than it hides."""


def make_tables(connection: Connection, schema: str, projections: Sequence[Projection]) -> None:
    """Makes the tables of each projection in an empty schema, at position 0."""
    for statement in (
        *(in_schema(ddl, schema) for ddl in CHECKPOINTS.values()),
        *(projection.ddl(schema) for projection in projections),
    ):
        connection.execute(statement)
    if roles_exist(connection):
        connection.execute(in_schema(grants_on(projections), schema))
    make_checkpoints(connection, schema, projections)


def grants_on(projections: Iterable[Projection]) -> str:
    """The grants that the roles need on the tables of projections, as text for ``in_schema``."""
    tables = ", ".join(f"{{schema}}.{table.name}" for projection in projections for table in projection.tables)
    audited = if_role_exists(AUDITOR, f"grant select on {tables} to {AUDITOR};")
    return f"grant select on {tables} to {READER}; grant select, insert, delete on {tables} to {FOLLOWER}; {audited}"


def write_folded(
    connection: Connection,
    schema: str,
    projections: Sequence[Projection],
    streams: Collection[Stream],
    inputs: FoldInputLoader,
) -> None:
    """Folds each stream by every projection of its kind and replaces the stream's rows. Raises what a fold raises.

    A connection copies into one table at a time. Each projection folds all streams before the next one does, and the
    rows of one of its tables leave meanwhile; those of its other tables wait in memory.
    """
    inputs.load(projections, streams)
    tables = [table for projection in projections for table in projection.tables]
    if replacing := [stream for stream in streams if stream.replaces_rows]:
        remove_rows(connection, schema, tables, [stream.id for stream in replacing])
    for kind in {stream.kind for stream in streams if stream.new_from}:
        changed = [stream.id for stream in streams if stream.new_from and stream.kind == kind]
        of_kind = [table for projection in projections if projection.reads(kind) for table in projection.tables]
        if replaced := [table for table in of_kind if not table.append_only]:
            remove_rows(connection, schema, replaced, changed)
    kinds = {stream.kind for stream in streams}
    read = [projection for projection in projections if any(map(projection.reads, kinds))]
    folded = [_fold(projection, streams, inputs.of(projection)) for projection in read]
    if len(streams) <= SMALL_BATCH:
        folded = [iter(list(rows)) for rows in folded]
    with connection.cursor() as cursor:
        for projection, rows in zip(read, folded, strict=True):
            _write_rows(cursor, schema, {table.row: table for table in projection.tables}, rows)


def _fold(projection: Projection, streams: Iterable[Stream], inputs: FoldInputs) -> Iterator[Row]:
    return chain.from_iterable(projection.fold(stream, inputs) for stream in streams if projection.reads(stream.kind))


def _write_rows(cursor: Cursor, schema: str, tables: Mapping[type, Table], rows: Iterator[Row]) -> None:
    """Writes rows, each into the table of its class. Those of the class that comes first leave at once."""
    first = next(rows, None)
    if first is None:
        return
    waiting: defaultdict[type, list[Row]] = defaultdict(list)
    with copying_into(cursor, schema, tables[type(first)]) as write:
        for row in chain([first], rows):
            if type(row) is type(first):
                write(row)
            else:
                waiting[type(row)].append(row)
    for of, others in waiting.items():
        with copying_into(cursor, schema, tables[of]) as write:
            for row in others:
                write(row)


def remove_rows(connection: Connection, schema: str, tables: Iterable[Table], streams: Collection[UUID]) -> None:
    """Removes the rows of some streams from all tables by one statement."""
    connection.execute(_removal(schema, tuple(tables)), {"streams": as_array(streams)})


@lru_cache(256)
def _removal(schema: str, tables: tuple[Table, ...]) -> bytes:
    removals = [
        sql.SQL("{} as (delete from {} where {} = any(%(streams)s::uuid[]))").format(
            sql.Identifier(f"from_{table.name}"),
            sql.Identifier(schema, table.name),
            sql.Identifier(table.columns[0].name),
        )
        for table in tables
    ]
    return sql.SQL("with {} select").format(sql.SQL(", ").join(removals)).as_bytes()


@lru_cache(256)
def _copy_statement(schema: str, table: Table) -> bytes:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(schema, table.name), names)
    return statement.as_bytes()


@contextmanager
def copying_into(cursor: Cursor, schema: str, table: Table) -> Iterator[WriteRow]:
    """Gives a function that writes one row, any number of times while the block lasts."""
    values_of = table.values_of
    failure: Exception | None = None
    with cursor.copy(_copy_statement(schema, table)) as copy:
        copy.set_types(table.copied_types)

        def write(row: Row) -> None:
            copy.write_row(values_of(row))

        try:
            yield write
        except Exception as error:  # noqa: BLE001 -- raised below: the driver would send its text to the server's log
            failure = error
    if failure is not None:
        raise failure
