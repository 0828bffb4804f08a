"""An issued report as a person names it: by its id, or by its pack and its period."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.cli.usage_error import UsageError
from domain.event_log import reader
from domain.issued_report.state import report_stream
from domain.readable import Language, day
from domain.text_folding import fold_name
from domain.zones import zone_named
from projections.issued_reports.queries import Issue, ReportOfDays, issue_of, reports_under
from projections.issued_reports.rows_at_head import rows_at_head
from projections.issued_reports.table import ISSUED_REPORTS
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
    key = zone_named(zone or settings.zone).key
    with rows_at_head(connection, tenant, [ISSUED_REPORTS]) as rows:
        issued = reports_under(connection, rows.schema, which, days.name)
    in_zone = [each for each in issued if each.zone == key]
    if in_zone or zone is not None:
        issued = in_zone
    if len(issued) > 1:
        raise _several(f"{which} {days.name}", issued)
    if issued:
        return issued[0].report
    return report_stream(fold_name(which), days.first, days.last, key)


def _several(what: str, reports: Sequence[ReportOfDays]) -> UsageError:
    """The same name by settings of another time, or in several zones."""

    def named(language: Language) -> str:
        return "; ".join(
            f"{each.report} ({day(each.first, language)} - {day(each.last, language)}, {each.zone})" for each in reports
        )

    return UsageError(
        f"Several reports were issued as {what}: name one by its id: {named('en')}.",
        f"Có nhiều báo cáo {what} đã phát hành: hãy ghi mã id của một báo cáo: {named('vi')}.",
    )
