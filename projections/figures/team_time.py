"""Time by team: how long teams held tickets, the share within their targets, and what they hold too long."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Part, Ratio, Title, count, quantile
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.team_time.table import TEAM_TIME
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "team_time.sql")
NOT_JUDGED = ("merged", "duplicate", "spam", "cancelled")
"""A span that ends so has no time; in the share it counts when it was over its target by then, as a ticket's clock."""
_READ = (TEAM_TIME, TICKETS, *READ_FOR_CUSTOMERS)
_LEFT_OUT = sql.SQL("case when ended_by = any({}) then ended_by end").format(sql.Literal(list(NOT_JUDGED)))


def _ended(query: FigureQuery) -> sql.Composable:
    return _spans(query, sql.Identifier("ended_at"), query.within("ended_at"), _LEFT_OUT)


def _judged(query: FigureQuery) -> sql.Composable:
    left_out = sql.SQL(
        "case when target_seconds is null then 'no_target' when verdict is distinct from 'breached' then {} end"
    ).format(_LEFT_OUT)
    return _spans(query, sql.Identifier("ended_at"), query.within("ended_at"), left_out)


def _held(query: FigureQuery) -> sql.Composable:
    return _spans(query, sql.Literal(query.now), sql.SQL("ended_at is null"), sql.SQL("null"))


def _spans(query: FigureQuery, at: sql.Composable, which: sql.Composable, left_out: sql.Composable) -> sql.Composed:
    return _SQL["spans"].composed(
        query.schema,
        at=at,
        left_out=left_out,
        dimensions=DIMENSIONS,
        which=which,
    )


TEAM_TIME_FIGURES = (
    Figure(
        name="time-by-team",
        title=Title("Time by team", "Thời gian theo bộ phận"),
        formula="median of the seconds of the team's calendar for which a team held an open ticket, without the waits"
        " that pause; counted when the ticket leaves the team, unless it was merged or cancelled",
        source="OLA of the second handbook",
        unit="seconds",
        subject="ticket",
        value=Of("median"),
        reading=CountedFacts(
            _ended,
            (
                quantile("median", 0.5, "elapsed"),
                quantile("p90", 0.9, "elapsed"),
                Part("mean", "avg(elapsed::numeric)"),
                Part("total", "coalesce(sum(elapsed::numeric), 0)", empty=0),
                count("spans"),
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        definitions=("workforce",),
        left_out=NOT_JUDGED,
    ),
    Figure(
        name="team-on-time",
        title=Title("Within the team's target", "Bộ phận đúng hạn"),
        formula="tickets that left a team within its target / tickets that left a team with a target",
        source="OLA of the second handbook",
        unit="share",
        subject="ticket",
        value=Ratio(("met",), ("met", "breached")),
        reading=CountedFacts(
            _judged,
            (count("met", "verdict = 'met'"), count("breached", "verdict = 'breached'")),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        definitions=("workforce",),
        left_out=("no_target", *NOT_JUDGED),
    ),
    Figure(
        name="team-late",
        title=Title("Held too long by a team", "Bộ phận giữ quá hạn"),
        formula="open tickets that their team holds for longer than its target, as of now",
        source="OLA of the second handbook, beside the tickets that left a team",
        unit="count",
        subject="ticket",
        value=Of("late"),
        reading=CountedFacts(
            _held,
            (count("late", "late"), count("held"), count("no_target", "target_seconds is null")),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        definitions=("workforce",),
        judged="at the present instant",
    ),
)
