"""How many of the surveys that reached a customer were answered."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Ratio, Title, count
from projections.figures.service import ANSWER_WINDOW
from projections.notifications.table import NOTIFICATIONS
from projections.scope.exclusions import NOT_AS_RESOLVED, is_left_out
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "surveys.sql")
NOT_DELIVERED = ("undeliverable", "suppressed", "uncertain")
"""How a survey ends that did not reach the customer, or may not have."""


def _surveys(query: FigureQuery) -> sql.Composable:
    return _SQL["surveys"].composed(
        query.schema,
        window=sql.Literal(ANSWER_WINDOW),
        now=sql.Literal(query.now),
        end=sql.Literal(query.scope.end),
        within=query.within("ended_at"),
        uncounted=is_left_out(NOT_AS_RESOLVED, "t"),
    )


DELIVERED_RESPONSE_RATE = Figure(
    name="delivered-response-rate",
    title=Title("Ratings given, of delivered surveys", "Tỷ lệ phản hồi trên khảo sát đã gửi"),
    formula="resolutions rated within 7 days after a survey reached the customer / resolutions whose survey did,"
    " counted at the first delivery; provisional until the 7 days are over",
    source="contract of the figures: the first of the two response rates (chatwoot#11569)",
    unit="share",
    subject="ticket",
    value=Ratio(("answered",), ("delivered",)),
    reading=CountedFacts(
        _surveys,
        (count("answered", "answered"), count("delivered"), count("confirmed", "confirmed"), TOLD_LATE),
        organisation_of="ticket",
    ),
    projections=(NOTIFICATIONS, TICKETS, *READ_FOR_CUSTOMERS),
    dimensions=ALL,
    left_out=(*NOT_DELIVERED, "asked_again", "rated_before", "unresolved", *NOT_AS_RESOLVED),
    note="A survey is a notification of that purpose about a ticket. It is delivered when the provider took it and"
    " reported no failure; of `confirmed` the provider says that they arrived.",
)
