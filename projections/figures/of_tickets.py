"""The parts that statements over tickets share: dimensions, tickets that do not count, and the organisation."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.scope.exclusions import NOT_AS_RESOLVED, is_left_out
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "of_tickets.sql")
DIMENSIONS = sql.SQL("team, agent, priority, category, channel, folded")


def left_out_tickets(query: FigureQuery, table: str, further: sql.Composable) -> sql.Composed:
    """The facts of tickets that do not count as resolved, by the instant at which they left the backlog.

    ``further``: what the other facts of the figure have beside the common columns, such as null::int as score.
    """
    return _SQL["left out"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        organisation=organisation(query),
        further=further,
        table=query.table(table),
        within=query.within("left_at"),
        uncounted=is_left_out(NOT_AS_RESOLVED),
    )


def counts_as_resolved() -> sql.Composed:
    """The condition that a ticket counts as resolved, or is open."""
    return sql.SQL("not {}").format(is_left_out(NOT_AS_RESOLVED))


def organisation(query: FigureQuery) -> sql.Composed:
    """The column ``organisation`` of a row ``t`` of a ticket, read only where the question names it; a survivor."""
    if "organisation" not in {*query.by, *query.where}:
        return sql.SQL("null::uuid as organisation").format()
    return _SQL["organisation"].composed(query.schema)
