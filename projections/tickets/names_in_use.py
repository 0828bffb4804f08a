"""The teams, agents and categories of the tickets that are open, as words to choose from."""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from psycopg import Connection, sql

from domain.event_log.sql_files import sql_file
from domain.vietnamese_order import vietnamese_key

_SQL = sql_file("projections.tickets", "tickets.sql")
MOST = 200
"""Words of each kind."""
_COLUMNS: tuple[LiteralString, ...] = ("team", "agent", "category")


def names_in_use(connection: Connection, schema: str) -> Mapping[str, Sequence[str]]:
    """The words by the field that they stand in, in the order of the Vietnamese alphabet."""
    statement = _SQL["names in use"].composed(schema, most=sql.Literal(MOST))
    names = connection.execute(statement).fetchone() or (None, None, None)
    return {column: sorted(words or (), key=vietnamese_key) for column, words in zip(_COLUMNS, names, strict=True)}
