"""`report`: the figures of a report, now or at another instant."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

import typer
from psycopg import Connection, IsolationLevel

from api.cli.options import (
    DAY,
    DEFAULT_TENANT,
    DEFAULT_ZONE,
    AsJson,
    AsOf,
    Data,
    KnownAt,
    Tenant,
    Zone,
    in_zone,
    period,
)
from api.cli.printing import flat, show_json, show_lines, show_table
from api.cli.table_lines import lines_under
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.event_log import reader
from projections.engine.point_in_time import as_it_was
from projections.reports import REPORTS, ReportName
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import DEFAULT_DAYS, EARLIEST, LATEST, Every, Period

_REPORTS = "; ".join(
    f"{name}: {', '.join(table.title.lower() for table in spec.tables)}" for name, spec in REPORTS.items()
)


class By(StrEnum):
    """What figures can be grouped by; a list of typer's takes an enumeration and no Literal."""

    TEAM = "team"
    AGENT = "agent"
    PRIORITY = "priority"
    CATEGORY = "category"
    CHANNEL = "channel"
    STATE = "state"


class ReportOptions(NamedTuple):
    """The days, the grouping, and the instants of knowledge and of the world."""

    period: Period
    every: Every | None = None
    by: tuple[str, ...] = ()
    known_at: datetime | None = None
    as_of: datetime | None = None


def report(
    which: Annotated[ReportName, typer.Argument(help=f"{_REPORTS}.")],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help=f"The first day; else {DEFAULT_DAYS} days up to the last one."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The last day, included; else today.")
    ] = None,
    by: Annotated[list[By] | None, typer.Option(help="Group by it; several times. State: the backlog alone.")] = None,
    every: Annotated[
        Literal["day", "week", "month"] | None, typer.Option(help="A row for each period; the backlog's flow by it.")
    ] = None,
    zone: Zone = DEFAULT_ZONE,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show figures: now, or as they were known or stood before."""
    days = period(first, last, zone)
    options = ReportOptions(
        days,
        every,
        tuple(dict.fromkeys(dimension.value for dimension in by or ())),
        in_zone(known_at, days.zone),
        in_zone(as_of, days.zone),
    )
    if By.STATE.value in options.by and which != "backlog":
        raise UsageError("--by state is for the backlog alone: choose team, agent, priority, category or channel.")
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        show_report(connection, tenant, which, options, as_json=as_json)


def show_report(
    connection: Connection, tenant: str, name: ReportName, options: ReportOptions, *, as_json: bool = False
) -> None:
    """Shows the figures of a report. Raises PeriodRefused, ProjectionOutdated and TooManyGroups."""
    try:
        figures = _figures(connection, tenant, name, options)
    except OverflowError:  # an instant is on the first or the last days that there are
        raise UsageError(f"The instants lie too far away: choose days from {EARLIEST} to {LATEST}.") from None
    if as_json:
        show_json(figures)
        return
    for title, rows in figures.items():
        show_table(title, [flat(row) for row in rows])
        show_lines(lines_under(rows))


def _figures(
    connection: Connection, tenant: str, name: ReportName, options: ReportOptions
) -> dict[str, Sequence[object]]:
    """The rows of each table, by its title, all from one snapshot."""
    spec = REPORTS[name]
    as_of = None if spec.rows_have_instants else options.as_of
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with (
        connection.transaction(),
        as_it_was(connection, tenant, spec.projections, known_at=options.known_at, as_of=as_of) as schema,
    ):
        now = options.as_of or options.known_at or reader.now(connection)
        query = FigureQuery(connection, schema, now, options.period, options.every, options.by, as_of=options.as_of)
        return {table.title: table.compute(query) for table in spec.tables}
