"""The tickets that wait for somebody, and those that have waited too long."""

from datetime import timedelta
from typing import LiteralString

from psycopg import sql

from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Title, count
from projections.figures.of_tickets import DIMENSIONS, organisation
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

QUIET = timedelta(hours=72)
"""A ticket on which nothing has happened for longer waits too long."""
_WAITING = """
select ticket as subject, null as fact, customer, {now} as at, true as final, null as left_out,
    {dimensions}, {organisation}, waiting_for, coalesce(hold_until < {now}, false) as over_due,
    last_event_at < {since} as quiet
from {tickets} t where open and state = 'waiting'
"""
_TOO_LONG: LiteralString = "over_due or quiet"


def _waiting(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_WAITING).format(
        now=sql.Literal(query.now),
        dimensions=DIMENSIONS,
        organisation=organisation(query),
        since=sql.Literal(query.now - QUIET),
        tickets=query.table("tickets"),
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
            has_organisation=True,
        ),
        projections=(TICKETS, *READ_FOR_CUSTOMERS),
        dimensions=ALL,
        judged="at the present instant",
    ),
)
