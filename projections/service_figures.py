"""How long tickets take, how satisfied customers are and how often tickets come back: reports over one row a ticket."""

from psycopg import Connection, sql
from pydantic import BaseModel, ConfigDict

from projections.report_scope import Figures, ReportScope, Share, groups


class ElapsedTime(BaseModel):
    """Seconds from receipt to the last resolution (the customer-care handbook's AHT)."""

    model_config = ConfigDict(frozen=True)

    mean: float
    median: float
    p90: float


class HandlingFigures(Figures):
    """Of tickets last resolved in the scope and not open again since.

    ``effort_mean``: (talk + hold + after contact) seconds, summed over all agents of a ticket, by ``handled`` tickets,
    those with any of it logged (Genesys AHT); None when there are none.
    """

    resolved: int
    elapsed: ElapsedTime
    handled: int
    effort_seconds: int
    effort_mean: float | None


class SatisfactionFigures(Figures):
    """``satisfied``: ratings of 4 and 5, of all (Delighted, Zendesk: the neutral 3 stays below the line), the last
    rating of each resolution, counted when it was given. ``responses``: resolutions rated so far, of all resolutions.
    """

    satisfied: Share
    responses: Share


class ReopenFigures(Figures):
    """``reopened``: tickets reopened at least once in their life, of those resolved in the scope."""

    reopened: Share


def handling_time(connection: Connection, schema: str, scope: ReportScope) -> list[HandlingFigures]:
    """AHT by elapsed time and by effort, by the period of the last resolution."""
    statement = sql.SQL(
        """
        with handled as (
            select *, {period}, extract(epoch from last_resolved_at - received_at)::float8 as elapsed,
                talk_seconds + hold_seconds + after_contact_seconds as effort
            from {tickets} where {covers} and not open
        )
        select {names}, count(*) as resolved, avg(elapsed) as mean,
            percentile_cont(0.5) within group (order by elapsed) as median,
            percentile_cont(0.9) within group (order by elapsed) as p90,
            count(*) filter (where effort > 0) as handled, sum(effort)::bigint as effort
        from handled group by {keys} order by {keys}
        """
    ).format(
        tickets=sql.Identifier(schema, "tickets"),
        covers=scope.covers("last_resolved_at"),
        period=scope.period("last_resolved_at"),
        names=scope.names,
        keys=scope.keys,
    )
    return [
        HandlingFigures(
            **scope.group(row),
            resolved=row["resolved"],
            elapsed=ElapsedTime(mean=row["mean"], median=row["median"], p90=row["p90"]),
            handled=row["handled"],
            effort_seconds=row["effort"],
            effort_mean=row["effort"] / row["handled"] if row["handled"] else None,
        )
        for row in groups(connection, statement, scope.by)
    ]


def satisfaction(connection: Connection, schema: str, scope: ReportScope) -> list[SatisfactionFigures]:
    """CSAT by the period of the rating, and the response rate by the period of the resolution."""
    statement = sql.SQL(
        """
        with counted as (
            select *, {rated_period}, true as is_rating from {resolutions} where {rated}
            union all
            select *, {resolved_period}, false from {resolutions} where {resolved}
        )
        select {names}, count(*) filter (where is_rating and score >= 4) as satisfied,
            count(*) filter (where is_rating) as ratings,
            count(*) filter (where not is_rating and score is not null) as answered,
            count(*) filter (where not is_rating) as resolutions
        from counted group by {keys} order by {keys}
        """
    ).format(
        resolutions=sql.SQL("{} join {} using (ticket)").format(
            sql.Identifier(schema, "ticket_resolutions"), sql.Identifier(schema, "tickets")
        ),
        names=scope.names,
        keys=scope.keys,
        rated_period=scope.period("rated_at"),
        rated=scope.covers("rated_at"),
        resolved_period=scope.period("resolved_at"),
        resolved=scope.covers("resolved_at"),
    )
    return [
        SatisfactionFigures(
            **scope.group(row),
            satisfied=Share(numerator=row["satisfied"], denominator=row["ratings"]),
            responses=Share(numerator=row["answered"], denominator=row["resolutions"]),
        )
        for row in groups(connection, statement, scope.by)
    ]


def reopen_rate(connection: Connection, schema: str, scope: ReportScope) -> list[ReopenFigures]:
    """Tickets that came back, by the period of a resolution; a ticket counts once in each period it was resolved in."""
    statement = sql.SQL(
        """
        select {names}, count(distinct ticket) filter (where reopenings > 0) as reopened,
            count(distinct ticket) as resolved
        from (select *, {period} from {resolutions} join {tickets} using (ticket) where {covers}) resolved
        group by {keys} order by {keys}
        """
    ).format(
        resolutions=sql.Identifier(schema, "ticket_resolutions"),
        tickets=sql.Identifier(schema, "tickets"),
        names=scope.names,
        keys=scope.keys,
        period=scope.period("resolved_at"),
        covers=scope.covers("resolved_at"),
    )
    return [
        ReopenFigures(
            **scope.group(row),
            reopened=Share(numerator=row["reopened"], denominator=row["resolved"]),
        )
        for row in groups(connection, statement, scope.by)
    ]
