"""The tickets that wait for somebody, and those that have waited too long."""

from datetime import timedelta
from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Title, count
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "waiting.sql")
QUIET = timedelta(hours=72)
"""A ticket on which nothing has happened for longer waits too long."""
_TOO_LONG: LiteralString = "over_due or quiet"


def _waiting(query: FigureQuery) -> sql.Composable:
    return _SQL["waiting"].composed(
        query.schema,
        now=sql.Literal(query.now),
        dimensions=DIMENSIONS,
        since=sql.Literal(query.now - QUIET),
    )


WAITING_FIGURES = (
    Figure(
        name="waiting",
        title=Title("Waiting too long", "Chờ quá lâu"),
        formula="tickets on hold whose wait should have ended by now, or on which nothing has happened for more than"
        " 72 hours",
        source="the handbook: who has been waiting for too long? The 72 hours are ours",
        unit="count",
        subject="ticket",
        value=Of("too_long"),
        reading=CountedFacts(
            _waiting,
            (
                count("too_long", _TOO_LONG),
                count("over_due", "over_due"),
                count("quiet", "quiet"),
                count("waiting"),
                count("for_customer", "waiting_for = 'customer'"),
                count("for_third_party", "waiting_for = 'third_party'"),
                count("for_internal", "waiting_for = 'internal'"),
            ),
            organisation_of="ticket",
        ),
        projections=(TICKETS, *READ_FOR_CUSTOMERS),
        dimensions=ALL,
        judged="at the present instant",
    ),
)
