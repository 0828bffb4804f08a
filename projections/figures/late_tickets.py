"""The open tickets that are late, at instants."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.backlog.table import BACKLOG
from projections.figures.backlog import OF_TICKET, judged_instants, open_segments
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Title, count
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "late_tickets.sql")


def _open_and_late(query: FigureQuery) -> sql.Composable:
    instants = judged_instants(query)
    return _SQL["open and late"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        open_segments=open_segments(query),
        customers=sql.SQL(OF_TICKET).format(query.table("tickets")),
        late=_SQL["late"].composed(query.schema, instants=instants, gaps=_SQL["gaps"].composed(instants=instants)),
    )


LATE_TICKETS = Figure(
    name="late-tickets",
    version=2,
    title=Title("Late tickets", "Phiếu đang trễ"),
    formula="open tickets with a clock over its target at the end of each period, or now within one; all open tickets"
    " beside",
    source="the handbook: the workload of agents and teams, now and over time",
    unit="count",
    subject="ticket",
    value=Of("late"),
    reading=CountedFacts(_open_and_late, (count("late", "late"), count("open")), organisation_of="ticket"),
    projections=(BACKLOG, SLA_CLOCKS, TICKETS, *READ_FOR_CUSTOMERS),
    dimensions=(*ALL, "state"),
    judged="at instants",
)
