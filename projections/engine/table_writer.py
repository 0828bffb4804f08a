"""The rows of projections on their way into their tables, and how far each projection has read."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from psycopg import Connection, sql

from domain.errors import LedgerError
from domain.event_log.roles import FOLLOWER, READER, roles_exist
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.tables import CHECKPOINTS
from domain.source_code import source_id
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.projection import History, Projection, Row, Table, kind_of


@cache
def definition_of(projection: Projection) -> str:
    """Changes whenever the tables of a projection do, or the source that its rows come from: no row outlives them."""
    code = source_id([projection.fold.__module__, __name__])
    definition = f"{projection.name} {projection.ddl} {projection.fold.__qualname__} {code}"
    return hashlib.sha256(definition.encode()).hexdigest()[:16]


def make_tables(connection: Connection, schema: str, projections: Sequence[Projection]) -> None:
    """Makes the tables of each projection in an empty schema, at position 0."""
    for ddl in (*CHECKPOINTS.values(), *(projection.ddl for projection in projections)):
        connection.execute(in_schema(ddl, schema))
    if roles_exist(connection):
        connection.execute(in_schema(grants_on(projections), schema))
    with connection.cursor() as cursor:
        cursor.executemany(
            sql.SQL("insert into {}.projection_positions (name, definition, position) values (%s, %s, 0)").format(
                sql.Identifier(schema)
            ),
            [(projection.name, definition_of(projection)) for projection in projections],
        )


def grants_on(projections: Iterable[Projection]) -> str:
    """Lets the roles work with the tables of projections, as text for ``in_schema``."""
    tables = ", ".join(f"{{schema}}.{table.name}" for projection in projections for table in projection.tables)
    return f"grant select on {tables} to {READER}; grant select, insert, delete on {tables} to {FOLLOWER};"


class ProjectionOutdated(LedgerError):  # noqa: N818 -- names the state of things
    """The rows follow another definition than this code's, which would misread them; the message says what helps."""

    kind = "unavailable"

    @property
    def detail(self) -> str:
        return "the readings are being made anew by another release"


def position_of(connection: Connection, tenant: str, projections: Collection[Projection]) -> int:
    """How far the slowest of some projections has read. Raises ProjectionOutdated."""
    statement = sql.SQL("select count(*), min(position) from {}.projection_positions where definition = any(%s)")
    definitions = [definition_of(projection) for projection in projections]
    row = connection.execute(statement.format(sql.Identifier(schema_of(tenant))), [definitions]).fetchone()
    if row is None or row[0] < len(definitions):
        raise ProjectionOutdated(
            f"the projections of {tenant} are another release's, or being made: `migrate` makes them anew, and waits"
        )
    return int(row[1])


def write_folded(
    connection: Connection,
    schema: str,
    projections: Sequence[Projection],
    histories: Mapping[UUID, History],
    surroundings: FoldInputLoader,
) -> None:
    """Folds each history by every projection that reads its kind, and puts the rows in the place of those that the
    streams had. Raises what a fold raises.

    One table's rows leave as they are made, so that the server takes them in while the next are being folded. A
    connection takes one table at a time: the other tables' rows wait.
    """
    surroundings.look_around(projections, histories)
    tables = [table for projection in projections for table in projection.tables]
    changed = [stream for stream, (_, new_from) in histories.items() if new_from]
    for table in tables:
        if changed and not table.kept:
            _remove(connection, schema, table, changed)
    first, *others = sorted(tables, key=lambda table: not table.kept)  # a kept table is the largest
    waiting: dict[str, list[Row]] = {table.name: [] for table in others}
    with _copy(connection, schema, first) as leave:
        for table, rows in _folded(projections, histories, surroundings):
            if table is first:
                leave(rows)
            else:
                waiting[table.name] += rows
    for table in others:
        if waiting[table.name]:
            with _copy(connection, schema, table) as write:
                write(waiting[table.name])


def _folded(
    projections: Sequence[Projection], histories: Mapping[UUID, History], surroundings: FoldInputLoader
) -> Iterator[tuple[Table, list[Row]]]:
    for history, new_from in histories.values():
        kind = kind_of(history[0])
        for projection in projections:
            if kind in projection.kinds:
                seen = surroundings.of(projection, history) if projection.beside else history
                yield from zip(projection.tables, projection.fold(seen, new_from), strict=True)


def _remove(connection: Connection, schema: str, table: Table, streams: Collection[UUID]) -> None:
    statement = sql.SQL("delete from {}.{} where {} = any(%s::uuid[])").format(
        sql.Identifier(schema), sql.Identifier(table.name), sql.Identifier(table.columns[0])
    )
    connection.execute(statement, [[stream.hex for stream in streams]])


# The rows hold json as text already.
_JSON, _TEXT = 114, 25


@contextmanager
def _copy(connection: Connection, schema: str, table: Table) -> Iterator[Callable[[Iterable[Row]], None]]:
    """What it gives takes rows of the table, any number of times while the block lasts."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    place = sql.Identifier(schema, table.name)
    failed: Exception | None = None
    with connection.cursor() as cursor:
        described = cursor.execute(sql.SQL("select {} from {} limit 0").format(names, place)).description or ()
        with cursor.copy(sql.SQL("copy {} ({}) from stdin (format binary)").format(place, names)) as copy:
            copy.set_types([_TEXT if column.type_code == _JSON else column.type_code for column in described])

            def write(rows: Iterable[Row]) -> None:
                for row in rows:
                    copy.write_row(row)

            try:
                yield write
            except Exception as error:  # noqa: BLE001 -- raised again below; the driver would tell the server its words
                failed = error
    if failed is not None:
        raise failed
