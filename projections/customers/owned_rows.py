"""Rows that belong to customers, the newest first, page by page, of any table with ``at`` and ``version``."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor, sql
from psycopg.rows import dict_row

from domain.event_log.sql_files import sql_file
from projections.engine.projection import Projection
from projections.engine.table import Table, column_names
from projections.point_in_time.readings import rows_of_streams_as_they_were
from projections.scope.filters import MOST

_SQL = sql_file("projections.customers", "owned_rows.sql")
OwnedKey = tuple[datetime, UUID, int]
"""When it happened, its stream and its version there: where a page ends."""
Values = dict[str, Any]
_BEHIND = "(at, {stream}, version) < (%(at)s, %(stream)s, %(version)s)"


def owned_rows(
    connection: Connection,
    schema: str,
    table: Table,
    owners: Collection[UUID],
    *,
    owner: str = "customer",
    after: OwnedKey | None = None,
    limit: int = 100,
) -> list[Values]:
    """The rows whose column ``owner`` holds one of ``owners``; ``limit`` at least 1, more than MOST counts as MOST."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return _send(cursor, schema, table, owners, owner=owner, after=after, limit=limit).fetchall()


def newest_of_each(
    connection: Connection, schema: str, tables: Sequence[tuple[Table, int]], owners: Collection[UUID]
) -> list[list[Values]]:
    """The newest rows of some tables, of each as many as its limit says, in one round trip."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor(row_factory=dict_row)) for _ in tables]
        with connection.pipeline():
            for cursor, (table, limit) in zip(cursors, tables, strict=True):
                _send(cursor, schema, table, owners, limit=limit)
        return [cursor.fetchall() for cursor in cursors]


def _send(
    cursor: Cursor[Values],
    schema: str,
    table: Table,
    owners: Collection[UUID],
    *,
    limit: int,
    owner: str = "customer",
    after: OwnedKey | None = None,
) -> Cursor[Values]:
    at, stream, version = after or (None, None, None)
    key = sql.Identifier(table.columns[0].name)
    statement = _SQL["newest rows"].composed(
        schema,
        table=sql.Identifier(schema, table.name),
        owner=sql.Identifier(owner),
        stream=key,
        behind=sql.SQL(_BEHIND if after else "true").format(stream=key),
    )
    parameters = {"owners": list(owners), "at": at, "stream": stream, "version": version, "limit": min(limit, MOST)}
    return cursor.execute(statement, parameters)


def owned_rows_as_they_were(
    connection: Connection,
    tenant: str,
    schema: str,
    projection: Projection,
    table: Table,
    owners: Collection[UUID],
    *,
    owner: str = "customer",
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[Values]:
    """All these rows at another instant, the newest first."""
    streams = owners if table.columns[0].name == owner else _streams_of(connection, schema, table, owner, owners)
    rows = rows_of_streams_as_they_were(connection, tenant, projection, streams, known_at=known_at, as_of=as_of)
    values = [_values(row) for row in rows if type(row) is table.row and getattr(row, owner) in owners]
    return sorted(values, key=itemgetter("at", table.columns[0].name, "version"), reverse=True)


def _streams_of(connection: Connection, schema: str, table: Table, owner: str, owners: Collection[UUID]) -> list[UUID]:
    """The streams that have rows now: they had them earlier or not, and no stream loses all its rows."""
    statement = sql.SQL("select distinct {} from {} where {} = any(%s)").format(
        sql.Identifier(table.columns[0].name), sql.Identifier(schema, table.name), sql.Identifier(owner)
    )
    return [stream for (stream,) in connection.execute(statement, [list(owners)]).fetchall()]


def _values(row: Any) -> Values:
    """The columns of a folded row. JSON is text here, and parsed in what a query gives."""
    return {name: getattr(row, name) for name in column_names(type(row))}
