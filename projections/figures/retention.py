"""Which customers that were active when a period began are still active when it ends."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from psycopg import sql

from domain.definitions.kinds import ACTIVITY
from domain.definitions.published import definition_in_effect
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day, midnight
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Ratio, Runs, Title, count
from projections.figures.of_customers import SURVIVORS
from projections.scope.figure_query import FigureQuery
from projections.usage.table import USAGE

_SQL = sql_file("projections.figures", "retention.sql")


class Edge(NamedTuple):
    """An instant at which customers are active or not: the beginning of a local day, or the present one in it.

    A contract counts that covers ``day``, a usage from ``first_day`` to ``last_day``, a purchase from ``since`` up to
    but not including ``until``.
    """

    day: date
    first_day: date
    last_day: date
    since: datetime
    until: datetime


def _edges(query: FigureQuery) -> list[Edge]:
    """The beginning of the first period and the end of each, which is the beginning of the next one or now."""
    spans = query.spans
    return [_edge(query, until) for until in (spans[0].start, *(min(span.end, query.now) for span in spans))]


def _edge(query: FigureQuery, until: datetime) -> Edge:
    zone, days = query.scope.zone, definition_in_effect(query.definitions, ACTIVITY, until).body.days
    day = local_day(until, zone)
    first_day = day - timedelta(days=days)
    return Edge(day, first_day, local_day(until - timedelta.resolution, zone), midnight(first_day, zone), until)


def _runs(edges: Sequence[Edge]) -> Iterator[tuple[int, list[Edge]]]:
    """Edges whose days and instants rise, with the number of those before: more days of activity begin another run."""
    first = 0
    for number, (edge, following) in enumerate(zip_longest(edges, edges[1:]), start=1):
        if following is None or any(later < earlier for earlier, later in zip(edge, following, strict=True)):
            yield first, list(edges[first:number])
            first = number


def _active(query: FigureQuery) -> sql.Composable:
    """The persons who are active when a period begins or when it ends."""
    edges = _edges(query)
    parts = {
        "runs": _SQL["runs"].composed(runs=sql.SQL(", ").join(_run(earlier, run) for earlier, run in _runs(edges))),
        "first": sql.Literal(min(edge.first_day for edge in edges)),
        "last": sql.Literal(max(edge.last_day for edge in edges)),
        "since": sql.Literal(min(edge.since for edge in edges)),
        "until": sql.Literal(max(edge.until for edge in edges)),
    }
    of_persons = {
        name: _SQL["edges of persons"].composed(facts=_SQL[name].composed(query.schema, **parts), survivors=SURVIVORS)
        for name in ("contracts", "bought", "used")
    }
    return _SQL["active"].composed(query.schema, last=sql.Literal(len(query.spans)), **of_persons)


def _run(earlier: int, edges: Sequence[Edge]) -> sql.Composed:
    """A row with the number of edges before a run, and an array of each column of its edges."""
    columns = [sql.Literal(list(values)) for values in zip(*edges, strict=True)]
    return sql.SQL("({}, {}::date[], {}::date[], {}::date[], {}::timestamptz[], {}::timestamptz[])").format(
        sql.Literal(earlier), *columns
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
            runs=Runs("start", ("at_start", "at_end")),
        ),
        projections=(CONTRACTS, CUSTOMER_FACTS, USAGE, *READ_FOR_CUSTOMERS),
        dimensions=OF_CUSTOMERS,
        definitions=(ACTIVITY.name,),
    ),
)
