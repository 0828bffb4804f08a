"""On time and cycles late, as COPC names them, over the clocks of the targets."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Of, Part, Ratio, Title, count, quantile
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.sla.late_clocks import is_late
from projections.sla.open_time import open_seconds
from projections.sla.running_clocks import calendars_of
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "on_time.sql")
_READ = (SLA_CLOCKS, TICKETS, *READ_FOR_CUSTOMERS)
_USED = "select calendar, calendar_version, min(running_since) from {} where {} and running_since < {} group by 1, 2"


def _finished(query: FigureQuery) -> sql.Composable:
    return _SQL["finished"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        within=query.within("finished_at"),
    )


def _late(query: FigureQuery) -> sql.Composable:
    now = sql.Literal(query.now)
    return _SQL["late"].composed(
        query.schema,
        now=now,
        dimensions=DIMENSIONS,
        running=_running(query),
        is_late=is_late(now),
    )


def _running(query: FigureQuery) -> sql.Composable:
    """The open seconds for which a late clock runs since its last pause, by its calendar; null in a pause."""
    now = sql.Literal(query.now)
    which = sql.SQL(_USED).format(query.table("sla_clocks"), is_late(now), now)
    used = query.connection.execute(which).fetchall()
    if not used:
        return sql.SQL("null::float8")
    calendars = calendars_of(query.rules)
    cases = [
        sql.SQL("when calendar = {} and calendar_version = {} then {}").format(
            sql.Literal(name),
            sql.Literal(version),
            open_seconds(calendars[name, version], "running_since", first, query.now),
        )
        for name, version, first in used
    ]
    return sql.SQL("case when running_since is null then null {} end").format(sql.SQL(" ").join(cases))


ON_TIME_FIGURES = (
    Figure(
        name="on-time",
        title=Title("On time", "Hoàn thành đúng hạn"),
        formula="tickets resolved within the target of their resolution / tickets resolved with such a target; what was"
        " cancelled or merged was not finished, in time or late",
        source="COPC, on time",
        unit="share",
        subject="ticket",
        value=Ratio(("within",), ("finished",)),
        reading=CountedFacts(
            _finished, (count("within", "verdict = 'met'"), count("finished"), TOLD_LATE), organisation_of="ticket"
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=("cancelled",),
    ),
    Figure(
        name="cycles-late",
        title=Title("Cycles late", "Số chu kỳ trễ"),
        formula="mean of (elapsed - target) / target over the clocks that have not ended and are late, as of now",
        source="our reading of COPC's average cycles late",
        unit="ratio",
        subject="ticket",
        value=Of("mean"),
        reading=CountedFacts(
            _late,
            (
                Part("mean", "avg(cycles::numeric)"),
                quantile("median", 0.5, "cycles"),
                Part("most", "max(cycles)"),
                count("late"),
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=(*ALL, "target"),
        judged="at the present instant",
        note="COPC publishes no formula: this is our reading. A clock whose target became longer counts 0.",
    ),
)
