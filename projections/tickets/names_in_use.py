"""The teams, agents and categories of the tickets that are open, as words to choose from."""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from psycopg import Connection, sql

from domain.vietnamese_order import vietnamese_key

MOST = 200
"""Words of each kind."""
_COLUMNS: tuple[LiteralString, ...] = ("team", "agent", "category")
_STATEMENT: LiteralString = """
select (array_agg(distinct team) filter (where team is not null))[:{most}],
    (array_agg(distinct agent) filter (where agent is not null))[:{most}],
    (array_agg(distinct category) filter (where category is not null))[:{most}]
from {tickets} where open
"""


def names_in_use(connection: Connection, schema: str) -> Mapping[str, Sequence[str]]:
    """The words by the field that they stand in, in the order of the Vietnamese alphabet."""
    statement = sql.SQL(_STATEMENT).format(most=sql.Literal(MOST), tickets=sql.Identifier(schema, "tickets"))
    names = connection.execute(statement).fetchone() or (None, None, None)
    return {column: sorted(words or (), key=vietnamese_key) for column, words in zip(_COLUMNS, names, strict=True)}
