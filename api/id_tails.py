"""Streams named by the last 12 digits of their id, as lists and pages show them."""

import re
from uuid import UUID

from psycopg import Connection, sql

_TAIL = re.compile("[0-9a-f]{12}")


def ending_in(connection: Connection, table: sql.Identifier, column: str, tail: str) -> list[UUID]:
    """At most two ids of a column that end so, in order; none for a word that is no end of an id."""
    if not _TAIL.fullmatch(tail.lower()):
        return []
    statement = sql.SQL("select {0} from {1} where right({0}::text, 12) = %s order by {0} limit 2")
    rows = connection.execute(statement.format(sql.Identifier(column), table), [tail.lower()]).fetchall()
    return [UUID(str(stream)) for (stream,) in rows]
