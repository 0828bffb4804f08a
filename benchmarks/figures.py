"""Every figure and every pack over a hundred thousand tickets: now, and at an instant in the middle of the log."""

from datetime import datetime, timedelta
from functools import partial

from psycopg import Connection

from api.migrations import migrate
from benchmarks.customer_filling import record_facts, register
from benchmarks.figure import Figure
from benchmarks.log_filling import fill, instant_of, tidy
from benchmarks.multiplied import multiply
from benchmarks.timing import median_milliseconds
from domain.definitions.kinds import HEALTH, SEGMENT
from domain.event_log import reader
from domain.event_log.database_connections import REPORTS, connect
from domain.event_log.schema import schema_of
from domain.local_time import local_day
from domain.report_pack.built_in import BUILT_IN_PACKS
from domain.zones import zone_named
from projections.engine.follower import Follower
from projections.engine.rebuild import rebuild
from projections.figures.answer import answer
from projections.figures.figure import Figure as FigureOfRegistry
from projections.figures.registry import FIGURES
from projections.issued_reports.issuing import PackRequest, report_to_issue
from projections.point_in_time.readings import as_it_was
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, Period

TENANT = "default"
HANOI = zone_named("Asia/Ho_Chi_Minh")
EVENTS_OF_A_TICKET = 6.96
"""Events of a filled ticket, on average."""
COPIES = 10
"""Each filled ticket stands in the log so many times."""
ROUNDS = 3
JUDGING = frozenset({HEALTH.name, SEGMENT.name})
"""Whoever reads these definitions judges customers at past instants."""
MONTH = timedelta(days=30)


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """The slowest figure, by month and in one row for each team, in milliseconds; and the slowest pack, in seconds.

    A figure that judges customers at past instants is asked of one month, and has a row of its own.
    """
    tickets = 20_000 if quick else 100_000
    fill_desk(dsn, tickets)
    judged = {name: figure for name, figure in FIGURES.items() if JUDGING.intersection(figure.definitions)}
    others = {name: figure for name, figure in FIGURES.items() if name not in judged}
    with connect(dsn, REPORTS) as connection:
        now = {name: median_milliseconds(partial(_now, connection, figure), ROUNDS) for name, figure in others.items()}
        of_month = {name: median_milliseconds(partial(_now, connection, judged[name]), ROUNDS) for name in judged}
        then = {name: median_milliseconds(partial(_then, connection, figure), 1) for name, figure in FIGURES.items()}
        packs = {name: median_milliseconds(partial(_pack, connection, name), 1) for name in BUILT_IN_PACKS}
    return [
        _slowest("a figure now", now, 300, tickets),
        _slowest("a figure that judges customers at past instants, of a month", of_month, 300, tickets),
        _slowest("a figure at another instant", then, 3_000, tickets),
        _slowest("a pack", packs, 10_000, tickets),
    ]


def fill_desk(dsn: str, tickets: int) -> None:
    """A desk with so many tickets, and what its customers did in the same time."""
    migrate(dsn, TENANT)
    register(dsn, TENANT)
    fill(dsn, TENANT, int(tickets / COPIES * EVENTS_OF_A_TICKET))
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    multiply(dsn, TENANT, PROJECTIONS, COPIES)
    with connect(dsn, REPORTS) as connection:
        until = instant_of(reader.head(connection, TENANT))
    record_facts(dsn, TENANT, until, share=tickets / 100_000)
    follower = Follower(dsn, TENANT, PROJECTIONS)
    follower.catch_up()
    follower.close()
    tidy(dsn)


def _slowest(name: str, times: dict[str, float], bound: float, tickets: int) -> Figure:
    slowest = sorted(times, key=lambda each: -times[each])[:3]
    note = f"{tickets:,} tickets, slowest of {len(times)}: " + ", ".join(
        f"{each} {times[each]:.0f}" for each in slowest
    )
    return Figure(name, times[slowest[0]], "ms", "asked for", bound, 1, at_most=True, note=note)


def _pack(connection: Connection, name: str) -> object:
    """The report of the last period that is over when the log ends."""
    return report_to_issue(connection, TENANT, PackRequest(name), instant_of(reader.head(connection, TENANT)))


def _now(connection: Connection, figure: FigureOfRegistry) -> object:
    with connection.transaction():
        now = instant_of(reader.head(connection, TENANT))
        return _measured(connection, figure, schema_of(TENANT), now)


def _then(connection: Connection, figure: FigureOfRegistry) -> object:
    at = instant_of(reader.head(connection, TENANT) // 2)
    with connection.transaction(), as_it_was(connection, TENANT, figure.projections, as_of=at) as schema:
        return _measured(connection, figure, schema, at)


def _measured(connection: Connection, figure: FigureOfRegistry, schema: str, now: datetime) -> object:
    """By month and by its first dimension, over the days of the log."""
    head, last = reader.head(connection, TENANT), local_day(now, HANOI)
    first = instant_of(0).date()
    if JUDGING.intersection(figure.definitions):  # a month of which the days of grace are over, too
        first, last = last - 4 * MONTH, last - 3 * MONTH
    period = Period(first, last, HANOI)
    every: Every | None = "month" if figure.judged == "over a period" else None
    definitions = reader.definitions(connection, TENANT, head)
    query = FigureQuery(
        connection, schema, now, period, every, figure.dimensions[:1], tenant=TENANT, definitions=definitions
    )
    return answer(figure, query, head)
