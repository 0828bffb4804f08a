"""The parts that statements over tickets share: dimensions, and tickets that do not count."""

from collections.abc import Sequence

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.scope.exclusions import NOT_AS_RESOLVED, is_left_out
from projections.scope.figure_query import FigureQuery
from projections.scope.folded_words import WORDS, group_columns, grouping

_SQL = sql_file("projections.figures", "of_tickets.sql")
DIMENSIONS = sql.SQL("team, agent, priority, category, channel, folded")


def left_out_tickets(query: FigureQuery, further: sql.Composable) -> sql.Composed:
    """The facts of tickets that do not count as resolved, by the instant at which they left the backlog.

    ``further``: what the other facts of the figure have beside the common columns, such as null::int as score.
    """
    return _SQL["left out"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        further=further,
        within=query.within("left_at"),
        uncounted=is_left_out(NOT_AS_RESOLVED),
    )


def counts_as_resolved() -> sql.Composed:
    """The condition that a ticket counts as resolved, or is open."""
    return sql.SQL("not {}").format(is_left_out(NOT_AS_RESOLVED))


def alike(names: Sequence[str]) -> dict[str, sql.Composed]:
    """The parts of a statement whose rows are groups of tickets by the dimensions ``names``.

    ``grouped`` and ``keys`` go before the other columns and keys of the groups, ``names`` reads the groups.
    """
    words = [sql.Identifier(f"{word}_key") if word in names else sql.SQL("null") for word in WORDS]
    folded = sql.SQL("array[{}]::text[] as folded").format(sql.SQL(", ").join(words))
    return {
        "names": sql.SQL(", ").join([*map(sql.Identifier, names), folded]),
        "grouped": _followed(group_columns(names)),
        "keys": _followed(grouping(names)),
    }


def _followed(columns: Sequence[sql.Composable]) -> sql.Composed:
    """A list to which more is added."""
    return sql.SQL("").join(column + sql.SQL(", ") for column in columns)
