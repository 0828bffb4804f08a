"""The backlog at instants, and its flow."""

from collections.abc import Sequence
from datetime import timedelta
from typing import LiteralString, get_args

from psycopg import sql

from domain.ticket.timeline import Entry, Exit
from projections.backlog.interval_index import open_between
from projections.backlog.table import BACKLOG
from projections.figures.dimensions import ALL, OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Part, Title, count
from projections.figures.of_tickets import DIMENSIONS, organisation
from projections.scope.figure_query import FigureQuery
from projections.scope.filters import all_of
from projections.scope.folded_words import WORDS, group_columns, grouping
from projections.tickets.table import TICKETS

_READ = (BACKLOG, TICKETS, *READ_FOR_CUSTOMERS)
_OPEN = """
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    {dimensions}, state, {organisation}, spans.at - t.received_at as age,
    spans.at - coalesce(t.reopened_at, t.received_at) as age_since_reopening
from {open_segments} left join {customers} using (ticket)
"""
_AT_EACH = "unnest({instants}) as spans (at), lateral (select * from {segments} where {open_at} offset 0) t"
_AT_ONCE = """
(with read as materialized (select * from {segments} where {open_between}) select * from read) t
join unnest({instants}) as spans (at) on t.began_at <= spans.at and (t.ended_at > spans.at or t.ended_at is null)
"""
_ALIKE = """
select null::uuid as subject, null as fact, null::uuid as customer, spans.at, true as final, null as left_out, times,
    {names}, spans.at - t.received_at as age, spans.at - coalesce(t.reopened_at, t.received_at) as age_since_reopening
from (
    with read as materialized (
        select {grouped} min(received_at) as received_at, min(reopened_at) as reopened_at, min(began_at) as began_at,
            min(ended_at) as ended_at, count(*)::int as times
        from {segments} where {open_between} and {where} group by {keys} {sides}
    )
    select * from read
) t join unnest({instants}) as spans (at) on t.began_at <= spans.at and (t.ended_at > spans.at or t.ended_at is null)
"""
_SIDES: tuple[LiteralString, ...] = (
    "began_at - interval '1 microsecond'",
    "ended_at - interval '1 microsecond'",
    "received_at + interval '240 hours' - interval '1 microsecond'",
    "received_at + interval '720 hours'",
    "coalesce(reopened_at, received_at) + interval '240 hours' - interval '1 microsecond'",
    "coalesce(reopened_at, received_at) + interval '720 hours'",
)
"""Segments with as many instants up to each of these are open at the same ones, and of the same age group there."""
_CLOSE = timedelta(days=3)
"""Instants that are closer together have most open tickets in common, so that these are read once for all of them."""
_CROSSED = """
select t.ticket as subject, version::text as fact, customer, at, true as final, null as left_out,
    {dimensions}, {organisation}, kind
from (select * from {crossings} where {within}) t left join {customers} using (ticket)
"""
_OF_TICKET = "(select ticket, customer from {}) of_ticket"
_ENTRIES: tuple[LiteralString, ...] = get_args(Entry)
_EXITS: tuple[LiteralString, ...] = get_args(Exit)


def _open(query: FigureQuery) -> sql.Composable:
    """The tickets that are open at the instant of each period."""
    return sql.SQL(_OPEN).format(
        dimensions=DIMENSIONS,
        organisation=organisation(query),
        open_segments=_open_segments(query),
        customers=sql.SQL(_OF_TICKET).format(query.table("tickets")),
    )


def _open_segments(query: FigureQuery) -> sql.Composed:
    """The segments ``t`` that are open at the instant of each period, ``spans.at``."""
    at = sql.SQL("spans.at")
    return sql.SQL(_AT_ONCE if _are_close(query) else _AT_EACH).format(
        instants=_instants(query),
        segments=query.table("backlog_segments"),
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
    words = [sql.Identifier(f"{word}_key") if word in names else sql.SQL("null") for word in WORDS]
    folded = sql.SQL("array[{}]::text[] as folded").format(sql.SQL(", ").join(words))
    instants = _instants(query)
    sides = [sql.SQL("width_bucket({}, {})").format(sql.SQL(side), instants) for side in _SIDES]
    return sql.SQL(_ALIKE).format(
        names=sql.SQL(", ").join([*map(sql.Identifier, names), folded]),
        grouped=_followed(group_columns(names)),
        segments=query.table("backlog_segments"),
        open_between=_open_within(query),
        where=all_of(query.where),
        keys=_followed(grouping(names)),
        sides=sql.SQL(", ").join(sides),
        instants=instants,
    )


def _followed(columns: Sequence[sql.Composable]) -> sql.Composed:
    """A list to which more is added."""
    return sql.SQL("").join(column + sql.SQL(", ") for column in columns)


def _are_close(query: FigureQuery) -> bool:
    instants = [span.judged_at for span in query.spans]
    return len(instants) > 1 and (instants[-1] - instants[0]) / (len(instants) - 1) < _CLOSE


def _instants(query: FigureQuery) -> sql.Composed:
    return sql.SQL("{}::timestamptz[]").format(sql.Literal([span.judged_at for span in query.spans]))


def _open_within(query: FigureQuery) -> sql.Composed:
    """The condition of segments that are open at some instant from the first to the last."""
    spans = query.spans
    first, last = (sql.SQL("{}::timestamptz").format(sql.Literal(span.judged_at)) for span in (spans[0], spans[-1]))
    return open_between(first, last)


def _crossed(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_CROSSED).format(
        dimensions=DIMENSIONS,
        crossings=query.table("backlog_crossings"),
        organisation=organisation(query),
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
