"""Satisfaction, handling time and reopenings, over tickets and their resolutions."""

from datetime import timedelta
from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Of, Part, Ratio, Title, count, quantile
from projections.figures.of_tickets import DIMENSIONS, counts_as_resolved, left_out_tickets
from projections.scope.exclusions import NOT_AS_RESOLVED
from projections.scope.figure_query import FigureQuery
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "service.sql")
ANSWER_WINDOW = timedelta(days=7)
"""How long after a resolution a rating counts as an answer to it."""
_READ = (TICKETS, *READ_FOR_CUSTOMERS)
_NO_RATING = sql.SQL(
    "null::int as score, null::timestamptz as first_rated_at, null::timestamptz as resolved_at, reopenings, told_late"
)


def _ratings(query: FigureQuery) -> sql.Composable:
    return _of_resolutions(query, "rated_at", sql.SQL("true"), sql.SQL("true"))


def _answered(query: FigureQuery) -> sql.Composable:
    final = sql.SQL("first_rated_at is not null or resolved_at + {} < {}").format(
        sql.Literal(ANSWER_WINDOW), sql.Literal(query.now)
    )
    return _resolved(query, final, counts_as_resolved())


def ratings_and_resolutions(query: FigureQuery) -> sql.Composable:
    """The facts of csat and of response-rate, and of which of both each one is."""
    both: LiteralString = "select *, true as is_rating from ({}) r union all select *, false from ({}) a"
    return sql.SQL(both).format(_ratings(query), _answered(query))


def _reopened(query: FigureQuery) -> sql.Composable:
    """A ticket counts once in a period, at its last resolution in it."""
    last = _SQL["last of its period"].composed(
        query.schema, end=sql.Literal(query.scope.end), starts=sql.Literal([span.start for span in query.spans])
    )
    return _resolved(query, sql.SQL("reopenings > 0"), counts_as_resolved() + sql.SQL(" and ") + last)


def _resolved(query: FigureQuery, final: sql.Composable, counts: sql.Composable) -> sql.Composable:
    counted = _of_resolutions(query, "resolved_at", final, counts)
    return sql.SQL(" union all ").join([counted, left_out_tickets(query, _NO_RATING)])


def _of_resolutions(query: FigureQuery, at: str, final: sql.Composable, counts: sql.Composable) -> sql.Composed:
    return _SQL["resolutions"].composed(
        query.schema,
        at=sql.Identifier(at),
        final=final,
        dimensions=DIMENSIONS,
        within=query.within(at),
        counts=counts,
    )


def _handled(query: FigureQuery) -> sql.Composable:
    counted = _SQL["handled"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        within=query.within("last_resolved_at"),
        counts=counts_as_resolved(),
    )
    nothing = sql.SQL(
        "null::bigint as elapsed_us, null::float8 as elapsed, null::bigint as talk_seconds,"
        " null::bigint as hold_seconds, null::bigint as after_contact_seconds, null::bigint as effort, told_late"
    )
    return sql.SQL(" union all ").join([counted, left_out_tickets(query, nothing)])


def _told_a_date(query: FigureQuery) -> sql.Composable:
    counted = _SQL["told a date"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        within=query.within("last_resolved_at"),
        counts=counts_as_resolved(),
    )
    nothing = sql.SQL("null::boolean as kept, told_late")
    return sql.SQL(" union all ").join([counted, left_out_tickets(query, nothing)])


_HANDLED = (*NOT_AS_RESOLVED, "open_again")
_EFFORT = "effort > 0"

SERVICE_FIGURES = (
    Figure(
        name="csat",
        title=Title("Satisfaction", "Mức hài lòng"),
        formula="ratings of 4 and 5 / ratings, the last rating of each resolution, counted when it is given",
        source="Delighted, Zendesk: the neutral 3 stays below the line",
        unit="share",
        subject="ticket",
        value=Ratio(("satisfied",), ("ratings",)),
        reading=CountedFacts(
            _ratings,
            (
                count("satisfied", "score >= 4"),
                count("ratings"),
                *(count(f"score_{score}", f"score = {score}") for score in range(1, 6)),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
    ),
    Figure(
        name="response-rate",
        title=Title("Ratings given", "Tỷ lệ phản hồi khảo sát"),
        formula="resolutions rated within 7 days / resolutions; provisional until the 7 days are over",
        source="contract of the figures: the second of the two response rates",
        unit="share",
        subject="ticket",
        value=Ratio(("answered",), ("resolutions",)),
        reading=CountedFacts(
            _answered,
            (
                count("answered", "first_rated_at <= resolved_at + interval '168 hours'"),
                count("answered_later", "first_rated_at > resolved_at + interval '168 hours'"),
                count("resolutions"),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=tuple(NOT_AS_RESOLVED),
    ),
    Figure(
        name="reopen-rate",
        title=Title("Reopened tickets", "Tỷ lệ mở lại"),
        formula="tickets reopened at least once in their life / tickets resolved in the period; one that was not may"
        " still be",
        source="HDI",
        unit="share",
        subject="ticket",
        value=Ratio(("reopened",), ("resolved",)),
        reading=CountedFacts(
            _reopened,
            (
                count("reopened", "reopenings > 0"),
                count("resolved"),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=tuple(NOT_AS_RESOLVED),
    ),
    Figure(
        name="handling-time",
        title=Title("Handling time, elapsed", "Thời gian xử lý"),
        formula="mean of the time from receipt to the last resolution; median and 90th percentile beside it",
        source="the customer-care handbook's AHT",
        unit="seconds",
        subject="ticket",
        value=Of("mean"),
        reading=CountedFacts(
            _handled,
            (
                Part("mean", "avg(elapsed_us) / 1e6"),
                quantile("median", 0.5, "elapsed"),
                quantile("p90", 0.9, "elapsed"),
                count("resolved"),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=_HANDLED,
    ),
    Figure(
        name="effort",
        title=Title("Handling time, effort", "Công sức xử lý"),
        formula="(talk + hold + after-contact) / tickets with any of it, over all agents of a ticket",
        source="Genesys AHT",
        unit="seconds",
        subject="ticket",
        value=Ratio(("effort",), ("handled",)),
        reading=CountedFacts(
            _handled,
            (
                Part("effort", "coalesce(sum(effort), 0)", _EFFORT, 0),
                Part("talk", "coalesce(sum(talk_seconds), 0)", "talk_seconds > 0", 0),
                Part("hold", "coalesce(sum(hold_seconds), 0)", "hold_seconds > 0", 0),
                Part("after_contact", "coalesce(sum(after_contact_seconds), 0)", "after_contact_seconds > 0", 0),
                count("handled", _EFFORT),
                TOLD_LATE,
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=_HANDLED,
    ),
    Figure(
        name="expected-by",
        title=Title("Dates told and kept", "Đúng hạn đã hẹn khách"),
        formula="tickets resolved by the date that the customer was told last before the resolution / resolved tickets"
        " whose customer was told a date, counted at their last resolution",
        source="what the desk told the customer",
        unit="share",
        subject="ticket",
        value=Ratio(("kept",), ("told",)),
        reading=CountedFacts(_told_a_date, (count("kept", "kept"), count("told"), TOLD_LATE), organisation_of="ticket"),
        projections=_READ,
        dimensions=ALL,
        left_out=(*_HANDLED, "no_date"),
    ),
)
