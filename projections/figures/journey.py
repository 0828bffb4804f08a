"""The journey of tickets: paths of states and of teams, the time between steps, and the points of loss."""

from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, OF_CUSTOMERS, READ_FOR_CUSTOMERS, customer_dimensions
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Of, Part, Ratio, Title, count, quantile
from projections.figures.of_customers import with_persons
from projections.figures.of_tickets import DIMENSIONS, alike
from projections.scope.figure_query import FigureQuery
from projections.scope.filters import all_of
from projections.scope.folded_words import WORDS
from projections.tickets.table import PATH, TICKETS

_SQL = sql_file("projections.figures", "journey.sql")
MOST_PATHS = 50
"""The most frequent paths of the tickets of a question have a group each."""
OTHER = "other"
"""The group of all other paths."""
_READ = (TICKETS, *READ_FOR_CUSTOMERS)
_EVERYTHING: LiteralString = "sum(count(*) filter (where once and left_out is null)) over (partition by period)"
_LOST: tuple[LiteralString, ...] = ("cancelled", "duplicate", "spam", "merged")


def _tickets(query: FigureQuery) -> sql.Composable:
    return _SQL["tickets"].composed(
        query.schema,
        now=sql.Literal(query.now),
        dimensions=DIMENSIONS,
        state_path=_path(query, "state_path"),
        team_path=_path(query, "team_path"),
        within=query.within("left_at"),
    )


def _path(query: FigureQuery, path: str) -> sql.Composable:
    """A path, or OTHER; read only where the question names it. Frequent is what the tickets that it asks of have."""
    if path not in {*query.by, *query.where}:
        return sql.SQL("null::text")
    where = {name: value for name, value in query.where.items() if name in ALL}
    columns, joins = customer_dimensions(query, where, organisation_of="ticket")
    return _SQL["path"].composed(
        query.schema,
        path=sql.Identifier(path),
        columns=columns,
        dimensions=DIMENSIONS,
        persons=with_persons(query.table("tickets")),
        within=query.within("left_at"),
        joins=joins,
        where=all_of(where),
        most=sql.Literal(MOST_PATHS),
        other=sql.Literal(OTHER),
    )


def _steps(query: FigureQuery) -> sql.Composable:
    return _SQL["steps"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        between=sql.Literal(PATH),
        within=query.within("left_at"),
    )


def _steps_alike(query: FigureQuery) -> sql.Composable | None:
    """The same without the tickets; None where a customer decides what counts."""
    dimensions = {*query.by, *query.where}
    if not dimensions.isdisjoint(OF_CUSTOMERS):
        return None
    return _SQL["steps alike"].composed(
        query.schema,
        **alike(sorted(dimensions.intersection(WORDS))),
        between=sql.Literal(PATH),
        period=query.scope.period("left_at"),
        within=query.within("left_at"),
    )


JOURNEY_FIGURES = (
    Figure(
        name="journey",
        title=Title("Journey", "Hành trình"),
        formula="tickets of a group / all tickets that left the backlog last in the period; by state_path or team_path:"
        f" the {MOST_PATHS} most frequent paths, and all others as one",
        source="the second handbook",
        unit="share",
        subject="ticket",
        value=Ratio(("tickets",), ("all_tickets",)),
        reading=CountedFacts(
            _tickets,
            (
                count("tickets"),
                Part("all_tickets", _EVERYTHING, empty=0),
                count("loops", "loops"),
                count("team_loops", "team_loops"),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=(*ALL, "state_path", "team_path"),
        left_out=("open",),
    ),
    Figure(
        name="journey-steps",
        version=2,
        title=Title("Time between steps", "Thời gian giữa các bước"),
        formula="median of the seconds from entering a state to entering the next one, of tickets that left the backlog"
        " last in the period; by step or by state; it returns where the ticket was in the next state before",
        source="the second handbook",
        unit="seconds",
        subject="ticket",
        value=Of("median"),
        reading=CountedFacts(
            _steps,
            (
                quantile("median", 0.5, "seconds"),
                quantile("p90", 0.9, "seconds"),
                Part("total", "seconds", empty=0, sums=True),
                count("steps"),
                count("returns", "returns"),
            ),
            organisation_of="ticket",
            alike=_steps_alike,
        ),
        projections=_READ,
        dimensions=(*ALL, "state", "step"),
    ),
    Figure(
        name="journey-losses",
        title=Title("Points of loss", "Điểm rơi rụng"),
        formula="tickets that left the backlog cancelled, merged or closed without a resolution / tickets that left it;"
        " by state: the state that they left",
        source="the second handbook",
        unit="share",
        subject="ticket",
        value=Ratio((*_LOST, "closed_open"), ("tickets",)),
        reading=CountedFacts(
            _tickets,
            (
                *(count(outcome, f"outcome = '{outcome}'") for outcome in _LOST),
                count("closed_open", "closed_open"),
                count("tickets"),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=(*ALL, "state"),
        left_out=("open",),
    ),
)
