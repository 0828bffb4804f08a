"""An issued report as a person names it: by its id, or by its pack and its period."""

from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.cli.usage_error import UsageError
from domain.event_log import reader
from domain.issued_report.state import report_stream
from domain.text_folding import fold_name
from domain.zones import zone_named
from projections.issued_reports.queries import Issue, issue_of
from projections.scope.named_periods import EXAMPLES, named_period
from projections.scope.tenant_settings import tenant_settings

Which = Annotated[str, typer.Argument(metavar="PACK", help="A report pack, or the id of an issued report.")]
PeriodName = Annotated[str | None, typer.Argument(metavar="[PERIOD]", help=f"Of a pack: {EXAMPLES}.")]
IssueNumber = Annotated[
    int | None, typer.Option("--issue", min=1, help="The number of the issue; else the newest one.")
]


def issue_called(
    connection: Connection, tenant: str, which: str, period: str | None, zone: str | None, number: int | None
) -> Issue:
    """The issue. Raises UsageError and PeriodRefused."""
    report = _report(connection, tenant, which, period, zone)
    issue = issue_of(connection, tenant, report, number)
    if issue is None:
        what = f"{which} {period}" if period else which
        numbered, nth = (f"issue {number}", f" lần {number}") if number else ("issue", "")
        raise UsageError(
            f"There is no {numbered} of a report {what}: `report issued` lists the reports.",
            f"Báo cáo {what} chưa phát hành{nth}: `report issued` liệt kê các báo cáo.",
        )
    return issue


def _report(connection: Connection, tenant: str, which: str, period: str | None, zone: str | None) -> UUID:
    try:
        return UUID(which)
    except ValueError:
        if period is None:
            raise UsageError(
                f"Name the period of the {which} report: {EXAMPLES}.",
                f"Hãy ghi kỳ của báo cáo {which}: {EXAMPLES}.",
            ) from None
    settings = tenant_settings(connection, tenant, reader.now(connection))
    days = named_period(period, settings.year_begins)
    return report_stream(fold_name(which), days.first, days.last, zone_named(zone or settings.zone).key)
