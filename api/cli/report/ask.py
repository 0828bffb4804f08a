"""`report NAME`: the tables of a report, or a figure, now or at another instant."""

from datetime import datetime
from typing import Annotated, Literal, cast, get_args

import typer

from api.cli.options import (
    DAY,
)
from api.cli.period_options import requested_period
from api.cli.read_options import PointInTimeOptions
from api.cli.report.figures import show_facts, show_figure
from api.cli.report.question import Question
from api.cli.report.tables import show_report
from api.cli.shared_options import options_of
from api.cli.tenant_database import report_connection
from api.cli.usage_error import UsageError
from projections.figures.answer import filters_in
from projections.figures.registry import FIGURES
from projections.report_tables import ReportName
from projections.scope.periods import DEFAULT_DAYS

_FIRST = typer.Option("--from", formats=DAY, help=f"The first day; else {DEFAULT_DAYS} days up to the last one.")
_BY = "Group by it, such as team, agent, priority, category, channel, tier or segment; several times."


@options_of(PointInTimeOptions)
def report(
    reading: PointInTimeOptions,
    which: Annotated[str, typer.Argument(metavar="NAME", help="A report or a figure; `report list` names them.")],
    first: Annotated[datetime | None, _FIRST] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The last day, included; else today.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help=_BY)] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Of a figure: only those with the value, like team:Billing; several times.")
    ] = None,
    every: Annotated[
        Literal["day", "week", "month", "quarter", "year"] | None,
        typer.Option(help="A row for each period; the backlog's flow by it."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Of a figure: list the facts behind this part, the oldest first.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The facts that --part lists at most.")] = 100,
) -> None:
    """Show a report or a figure: now, or as it was known or stood before."""
    question = Question(
        requested_period(first, last, reading.zone),
        every,
        tuple(dict.fromkeys(by or ())),
        filters_in(where or ()),
        reading.known_at,
        reading.as_of,
    )
    reports = get_args(ReportName)
    if which not in reports and which not in FIGURES:
        raise UsageError(
            f"There is no report {which!r}: choose {', '.join(reports)}, or a figure of `report list`.",
            f"Không có báo cáo {which!r}: hãy chọn {', '.join(reports)}, hoặc một chỉ số trong `report list`.",
        )
    tenant, as_json = reading.tenant, reading.as_json
    with report_connection(reading.data, tenant) as connection:
        words = reading.language_in(connection)
        if part is not None:
            _check_part(which, part)
            show_facts(connection, tenant, FIGURES[which], question, part, limit, as_json=as_json, language=words)
        elif which in reports:
            show_report(connection, tenant, cast("ReportName", which), question, as_json=as_json, language=words)
        else:
            show_figure(connection, tenant, which, question, as_json=as_json, language=words)


def _check_part(which: str, part: str) -> None:
    """Raises UsageError."""
    known = FIGURES[which].part_names if which in FIGURES else ()
    if part not in known:
        choose = f"choose {', '.join(known)}" if known else "ask for one figure, which `report list` names"
        instead = f"chọn {', '.join(known)}" if known else "hỏi một chỉ số trong `report list`"
        raise UsageError(
            f"`report {which}` has no --part {part}: {choose}.",
            f"`report {which}` không có --part {part}: hãy {instead}.",
        )
