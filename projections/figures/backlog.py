"""The backlog at instants, and its flow."""

from typing import LiteralString, get_args

from psycopg import sql

from domain.ticket.timeline import Entry, Exit
from projections.backlog.interval_index import open_between
from projections.backlog.table import BACKLOG
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Part, Title, count
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_READ = (BACKLOG, TICKETS, *READ_FOR_CUSTOMERS)
_OPEN = """
select ticket as subject, null as fact, t.customer, spans.at, true as final, null as left_out,
    {dimensions}, state, t.organisation, spans.at - s.received_at as age,
    spans.at - coalesce(s.reopened_at, s.received_at) as age_since_reopening
from unnest({instants}) as spans (at), lateral (select * from {segments} where {open_at} offset 0) s
left join {customers} t using (ticket)
"""
_CROSSED = """
select ticket as subject, version::text as fact, t.customer, at, true as final, null as left_out,
    {dimensions}, t.organisation, kind
from (select * from {crossings} where {within}) s left join {customers} t using (ticket)
"""
_OF_TICKET = """
(select o.ticket, o.customer, coalesce(s.survivor, o.organisation) as organisation
    from {} o left join survivors s on s.customer = o.organisation)
"""
_ENTRIES: tuple[LiteralString, ...] = get_args(Entry)
_EXITS: tuple[LiteralString, ...] = get_args(Exit)


def _open(query: FigureQuery) -> sql.Composable:
    """The tickets that are open at the instant of each period."""
    at = sql.SQL("spans.at")
    return sql.SQL(_OPEN).format(
        dimensions=DIMENSIONS,
        instants=sql.SQL("{}::timestamptz[]").format(sql.Literal([span.judged_at for span in query.spans])),
        segments=query.table("backlog_segments"),
        customers=sql.SQL(_OF_TICKET).format(query.table("tickets")),
        open_at=open_between(at, at),
    )


def _crossed(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_CROSSED).format(
        dimensions=DIMENSIONS,
        crossings=query.table("backlog_crossings"),
        customers=sql.SQL(_OF_TICKET).format(query.table("tickets")),
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
            has_organisation=True,
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
                Part(
                    "change",
                    f"count(*) filter (where {_ENTERED}) - count(*) filter (where not {_ENTERED})",
                    empty=0,
                ),
                count("entered", _ENTERED),
                count("left", f"not {_ENTERED}"),
                *(count(kind, f"kind = '{kind}'") for kind in (*_ENTRIES, *_EXITS)),
            ),
            has_organisation=True,
        ),
        projections=_READ,
        dimensions=ALL,
    ),
)
