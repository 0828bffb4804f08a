"""Handling time, satisfaction and reopenings: reports over one row for each ticket."""

from dataclasses import replace

from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from domain.event_log.sql_files import sql_file
from projections.scope.exclusions import NOT_AS_RESOLVED, LeftOut, left_out, populations
from projections.scope.filters import all_of
from projections.scope.report_scope import Figures, ReportScope, Share, groups

_SQL = sql_file("projections.figures", "service_figures.sql")


class ElapsedTime(BaseModel):
    """Seconds from receipt to the last resolution (the customer-care handbook's AHT); None of no tickets."""

    model_config = ConfigDict(frozen=True)

    mean: float | None
    median: float | None
    p90: float | None


class HandlingFigures(Figures):
    """Of tickets last resolved in the scope and not open again since.

    ``left_out``: the others, in the period in which they left the backlog; those ``open_again`` in that of their last
    resolution. ``effort_mean``: (talk + hold + after contact) seconds, summed over all agents of a ticket, by
    ``handled`` tickets, those with any of it logged (Genesys AHT); None when there are none. ``told_late``, here and in
    the other figures: of the tickets that are counted, those with a fact told more than 7 days after it happened.
    """

    resolved: int
    left_out: LeftOut
    elapsed: ElapsedTime
    handled: int
    effort_seconds: int
    effort_mean: float | None
    told_late: Share


class SatisfactionFigures(Figures):
    """``satisfied``: ratings of 4 and 5, of all (Delighted, Zendesk: the neutral 3 stays below the line), the last
    rating of each resolution, counted when it was given. ``responses``: resolutions rated so far, of all resolutions of
    tickets that count as resolved; ``left_out`` are the tickets that do not.
    """

    satisfied: Share
    responses: Share
    left_out: LeftOut
    told_late: Share


class ReopenFigures(Figures):
    """``reopened``: tickets reopened at least once in their life, of those resolved in the scope. ``left_out``: tickets
    that do not count as resolved.
    """

    reopened: Share
    left_out: LeftOut
    told_late: Share


def handling_time(connection: Connection, schema: str, scope: ReportScope) -> list[HandlingFigures]:
    """AHT by elapsed time and by effort, by the period of the last resolution."""
    statement = _SQL["handling time"].composed(
        schema,
        **populations(scope, "last_resolved_at"),
    )
    return [
        HandlingFigures(
            **scope.group(row),
            resolved=row["resolved"],
            left_out=left_out(row, NOT_AS_RESOLVED) | {"open_again": row["open_again"]},
            elapsed=ElapsedTime(mean=row["mean"], median=row["median"], p90=row["p90"]),
            handled=row["handled"],
            effort_seconds=row["effort"],
            effort_mean=row["effort"] / row["handled"] if row["handled"] else None,
            told_late=Share(numerator=row["told_late"], denominator=row["resolved"]),
        )
        for row in groups(connection, statement, scope.by)
    ]


def satisfaction(connection: Connection, schema: str, scope: ReportScope) -> list[SatisfactionFigures]:
    """CSAT by the period of the rating, and the response rate by the period of the resolution."""
    statement = _SQL["satisfaction"].composed(
        schema,
        **populations(scope, "resolved_at"),
        rated_period=scope.period("rated_at"),
        rated=scope.covers("rated_at"),
    )
    return [
        SatisfactionFigures(
            **scope.group(row),
            satisfied=Share(numerator=row["satisfied"], denominator=row["ratings"]),
            responses=Share(numerator=row["answered"], denominator=row["resolutions"]),
            left_out=left_out(row, NOT_AS_RESOLVED),
            told_late=Share(numerator=row["told_late"], denominator=row["tickets"]),
        )
        for row in groups(connection, statement, scope.by)
    ]


def reopen_rate(connection: Connection, schema: str, scope: ReportScope) -> list[ReopenFigures]:
    """Tickets that came back, by the period of a resolution; a ticket counts once in each period it was resolved in."""
    statement = _SQL["reopenings"].composed(
        schema,
        **populations(scope, "resolved_at"),
        resolved=replace(scope, where={}).covers("resolved_at"),
        where=all_of(scope.where),
    )
    return [
        ReopenFigures(
            **scope.group(row),
            reopened=Share(numerator=row["reopened"], denominator=row["resolved"]),
            left_out=left_out(row, NOT_AS_RESOLVED),
            told_late=Share(numerator=row["told_late"], denominator=row["resolved"]),
        )
        for row in groups(connection, statement, scope.by)
    ]
