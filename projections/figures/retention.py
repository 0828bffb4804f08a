"""Which customers that were active when a period began are still active when it ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from psycopg import sql

from domain.definitions.kinds import ACTIVITY
from domain.definitions.published import definition_in_effect
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day, midnight
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Ratio, Title, count
from projections.figures.of_customers import SURVIVORS, periods
from projections.scope.figure_query import FigureQuery
from projections.usage.table import USAGE

_SQL = sql_file("projections.figures", "retention.sql")


class Edge(NamedTuple):
    """An instant at which customers are active or not: the beginning of local day ``day``, or the present one in it.

    A purchase or a usage counts from ``first_day`` to ``last_day``, from ``since`` up to but not including ``until``.
    """

    of_period: int
    at_end: bool
    day: date
    first_day: date
    last_day: date
    since: datetime
    until: datetime


def _edges(query: FigureQuery) -> Iterator[Edge]:
    """The beginning and the end of each period, the end of a running one being now."""
    for number, span in enumerate(query.spans, start=1):
        yield _edge(query, number, span.start, at_end=False)
        yield _edge(query, number, min(span.end, query.now), at_end=True)


def _edge(query: FigureQuery, number: int, until: datetime, *, at_end: bool) -> Edge:
    zone, days = query.scope.zone, definition_in_effect(query.definitions, ACTIVITY, until).body.days
    day = local_day(until, zone)
    first_day = day - timedelta(days=days)
    last_day = local_day(until - timedelta.resolution, zone)
    return Edge(number, at_end, day, first_day, last_day, midnight(first_day, zone), until)


def _active(query: FigureQuery) -> sql.Composable:
    """The persons who are active when a period begins or when it ends."""
    edges = list(_edges(query))
    columns = [sql.Literal(list(values)) for values in zip(*edges, strict=True)]
    table = sql.SQL(
        "unnest({}::int[], {}::boolean[], {}::date[], {}::date[], {}::date[], {}::timestamptz[], {}::timestamptz[])"
        " as edges (of_period, at_end, day, first_day, last_day, since, until)"
    ).format(*columns)
    used = _SQL["used"].composed(
        query.schema,
        first=sql.Literal(min(edge.first_day for edge in edges)),
        last=sql.Literal(max(edge.last_day for edge in edges)),
    )
    return _SQL["active"].composed(
        query.schema,
        edges=table,
        used=used,
        survivors=SURVIVORS,
        **periods(query),
    )


RETENTION_FIGURES = (
    Figure(
        name="retention",
        title=Title("Retention", "Tỷ lệ giữ chân khách hàng"),
        formula="customers active when the period begins and still when it ends / customers active when it begins",
        source="active: a contract in force, or a purchase or a usage within the days of the definition `activity`",
        unit="share",
        subject="customer",
        value=Ratio(("retained",), ("at_start",)),
        reading=CountedFacts(
            _active,
            (
                count("at_start", "at_start"),
                count("retained", "at_start and at_end"),
                count("lost", "at_start and not at_end"),
                count("won", "at_end and not at_start"),
                count("at_end", "at_end"),
            ),
        ),
        projections=(CONTRACTS, CUSTOMER_FACTS, USAGE, *READ_FOR_CUSTOMERS),
        dimensions=OF_CUSTOMERS,
        definitions=(ACTIVITY.name,),
    ),
)
