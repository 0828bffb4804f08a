"""The rows of projections on their way into their tables, and how far each projection has read."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import LiteralString
from uuid import UUID

from psycopg import Connection, sql

from domain.event_log.schema import in_schema, schema_of
from domain.source_code import source_id
from projections.projection import History, Projection, Row, Table, kind_of
from projections.surroundings import Surroundings

POSITIONS: dict[str, LiteralString] = {
    "projection positions": """
create table {schema}.projection_positions (
    name text primary key,
    position bigint not null,
    stopped_at bigint,
    error text,
    tried_at timestamptz
) with (fillfactor = 10);
""",
    "projection positions say which definition the rows follow": """
alter table {schema}.projection_positions add column definition text;
""",
}


@cache
def definition_of(projection: Projection) -> str:
    """Changes whenever the tables of a projection do, or the source that its rows come from: no row outlives them."""
    code = source_id([projection.fold.__module__, __name__])
    definition = f"{projection.name} {projection.ddl} {projection.fold.__qualname__} {code}"
    return hashlib.sha256(definition.encode()).hexdigest()[:16]


def make_tables(connection: Connection, schema: str, projections: Sequence[Projection]) -> None:
    """Makes the tables of each projection in an empty schema, at position 0."""
    for ddl in (*POSITIONS.values(), *(projection.ddl for projection in projections)):
        connection.execute(in_schema(ddl, schema))
    with connection.cursor() as cursor:
        cursor.executemany(
            sql.SQL("insert into {}.projection_positions (name, definition, position) values (%s, %s, 0)").format(
                sql.Identifier(schema)
            ),
            [(projection.name, definition_of(projection)) for projection in projections],
        )


class AnotherRelease(Exception):  # noqa: N818 -- names the state of things
    """The rows follow another definition than this code's, which would misread them; the message says what helps."""


def position_of(connection: Connection, tenant: str, projections: Collection[Projection]) -> int:
    """How far the slowest of some projections has read. Raises AnotherRelease."""
    statement = sql.SQL("select count(*), min(position) from {}.projection_positions where definition = any(%s)")
    definitions = [definition_of(projection) for projection in projections]
    row = connection.execute(statement.format(sql.Identifier(schema_of(tenant))), [definitions]).fetchone()
    if row is None or row[0] < len(definitions):
        raise AnotherRelease(
            f"the projections of {tenant} are another release's, or being made: `migrate` makes them anew, and waits"
        )
    return int(row[1])


class FoldedRows:
    """Rows of some projections, gathered stream by stream, then written at once."""

    def __init__(self, projections: Iterable[Projection]) -> None:
        self._rows: dict[Projection, list[tuple[Table, list[Row]]]] = {
            projection: [(table, []) for table in projection.tables] for projection in projections
        }
        self._changed: list[UUID] = []

    def fold(self, histories: Mapping[UUID, History], surroundings: Surroundings) -> None:
        """Folds each history by every projection that reads its kind. Raises what a fold raises."""
        surroundings.look_around(self._rows, histories)
        for stream, (history, new_from) in histories.items():
            kind = kind_of(history[0])
            if new_from:
                self._changed.append(stream)
            for projection, tables in self._rows.items():
                if kind in projection.kinds:
                    seen = surroundings.of(projection, history) if projection.beside else history
                    for (_, rows), new in zip(tables, projection.fold(seen, new_from), strict=True):
                        rows.extend(new)

    def write(self, connection: Connection, schema: str) -> None:
        """Puts the rows in the place of those that streams with a past had, and forgets them."""
        for tables in self._rows.values():
            for table, rows in tables:
                if self._changed and not table.kept:
                    _remove(connection, schema, table, self._changed)
                if rows:
                    _copy(connection, schema, table, rows)
                    rows.clear()
        self._changed.clear()


def _remove(connection: Connection, schema: str, table: Table, streams: Collection[UUID]) -> None:
    statement = sql.SQL("delete from {}.{} where {} = any(%s::uuid[])").format(
        sql.Identifier(schema), sql.Identifier(table.name), sql.Identifier(table.columns[0])
    )
    connection.execute(statement, [[stream.hex for stream in streams]])


# The rows hold json as text already.
_JSON, _TEXT = 114, 25


def _copy(connection: Connection, schema: str, table: Table, rows: Iterable[Row]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    place = sql.Identifier(schema, table.name)
    with connection.cursor() as cursor:
        described = cursor.execute(sql.SQL("select {} from {} limit 0").format(names, place)).description or ()
        with cursor.copy(sql.SQL("copy {} ({}) from stdin (format binary)").format(place, names)) as copy:
            copy.set_types([_TEXT if column.type_code == _JSON else column.type_code for column in described])
            for row in rows:
                copy.write_row(row)
