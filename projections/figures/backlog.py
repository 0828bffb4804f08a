"""The backlog at instants, and its flow."""

from datetime import timedelta
from typing import LiteralString, get_args

from psycopg import sql

from domain.event_log.sql_files import sql_file
from domain.ticket.timeline import Entry, Exit
from projections.backlog.interval_index import open_between
from projections.backlog.table import BACKLOG
from projections.figures.dimensions import ALL, OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Part, Title, count
from projections.figures.of_tickets import DIMENSIONS, alike
from projections.scope.figure_query import FigureQuery
from projections.scope.filters import all_of
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "backlog.sql")
_READ = (BACKLOG, TICKETS, *READ_FOR_CUSTOMERS)
_CLOSE = timedelta(days=3)
"""Instants that are closer together have most open tickets in common, so that these are read once for all of them."""
OF_TICKET: LiteralString = "(select ticket, customer from {}) of_ticket"
"""The customers of tickets."""
_ENTRIES: tuple[LiteralString, ...] = get_args(Entry)
_EXITS: tuple[LiteralString, ...] = get_args(Exit)


def _open(query: FigureQuery) -> sql.Composable:
    """The tickets that are open at the instant of each period."""
    return _SQL["open"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        open_segments=open_segments(query),
        customers=sql.SQL(OF_TICKET).format(query.table("tickets")),
    )


def open_segments(query: FigureQuery) -> sql.Composed:
    """The segments ``t`` that are open at the instant of each period, ``spans.at``."""
    at = sql.SQL("spans.at")
    reads_tickets = "organisation" in {*query.by, *query.where}
    return _SQL["open at once" if _are_close(query) else "open at each"].composed(
        query.schema,
        materialized=sql.SQL("materialized" if reads_tickets else "not materialized"),
        dimensions=DIMENSIONS,
        instants=judged_instants(query),
        open_at=open_between(at, at),
        open_between=_open_within(query),
    )


def _open_alike(query: FigureQuery) -> sql.Composable | None:
    """The same without the tickets: those that count alike at every instant are one row with their number.

    None for instants far from each other, and where a customer decides what counts.
    """
    names = sorted({*query.by, *query.where})
    if not _are_close(query) or not {*names}.isdisjoint(OF_CUSTOMERS):
        return None
    return _SQL["open alike"].composed(
        query.schema,
        **alike(names),
        open_between=_open_within(query),
        where=all_of(query.where),
        instants=judged_instants(query),
    )


def _are_close(query: FigureQuery) -> bool:
    instants = [span.judged_at for span in query.spans]
    return len(instants) > 1 and (instants[-1] - instants[0]) / (len(instants) - 1) < _CLOSE


def judged_instants(query: FigureQuery) -> sql.SQL:
    """The instants as one text, since a statement holds them many times."""
    instants = [span.judged_at for span in query.spans]
    return sql.SQL(sql.SQL("{}::timestamptz[]").format(sql.Literal(instants)).as_string())


def _open_within(query: FigureQuery) -> sql.Composed:
    """The condition of segments that are open at some instant from the first to the last."""
    spans = query.spans
    first, last = (
        sql.SQL(sql.SQL("{}::timestamptz").format(sql.Literal(span.judged_at)).as_string())
        for span in (spans[0], spans[-1])
    )
    return open_between(first, last)


def _crossed(query: FigureQuery) -> sql.Composable:
    return _SQL["crossed"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        customers=sql.SQL(OF_TICKET).format(query.table("tickets")),
        within=query.within("at"),
    )


_ENTERED: LiteralString = "kind in ('" + "', '".join(_ENTRIES) + "')"
BACKLOG_FIGURES = (
    Figure(
        name="open-tickets",
        title=Title("Backlog", "Tồn đọng"),
        formula="tickets open at the end of each period, or now within one; by age since receipt",
        source="HDI",
        unit="count",
        subject="ticket",
        value=Of("open"),
        reading=CountedFacts(
            _open,
            (
                count("open"),
                count("under_10_days", "age < interval '240 hours'"),
                count("from_10_to_30_days", "age between interval '240 hours' and interval '720 hours'"),
                count("over_30_days", "age > interval '720 hours'"),
                count("since_reopened_under_10_days", "age_since_reopening < interval '240 hours'"),
                count(
                    "since_reopened_from_10_to_30_days",
                    "age_since_reopening between interval '240 hours' and interval '720 hours'",
                ),
                count("since_reopened_over_30_days", "age_since_reopening > interval '720 hours'"),
            ),
            organisation_of="ticket",
            alike=_open_alike,
        ),
        projections=_READ,
        dimensions=(*ALL, "state"),
        judged="at instants",
    ),
    Figure(
        name="flow",
        title=Title("Backlog flow", "Biến động tồn đọng"),
        formula="tickets that entered the backlog - tickets that left it",
        source="conservation: backlog after = backlog before + entered - left",
        unit="count",
        subject="ticket",
        value=Of("change"),
        reading=CountedFacts(
            _crossed,
            (
                Part("change", f"2 * count(*) filter (where {_ENTERED}) - count(*)", empty=0),
                count("entered", _ENTERED),
                count("left", f"not {_ENTERED}"),
                *(count(kind, f"kind = '{kind}'") for kind in (*_ENTRIES, *_EXITS)),
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
    ),
)
