"""`report issued` and `report show`: the reports of record, and the figures of one."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.printing import local, say, show_json, show_lines, show_table
from api.cli.read_options import ReadOptions
from api.cli.report.report_names import IssueNumber, PeriodName, Which, issue_called
from api.cli.report.sections import show_section
from api.cli.shared_options import options_of
from api.cli.tenant_database import report_connection
from api.report_pages.html_page import html_page
from api.report_pages.section_table import section_table
from api.report_pages.words import foot, head, title_of, word
from api.report_pages.workbook import write_workbook
from domain.readable import ByLanguage, Language
from projections.issued_reports.queries import Issue, issued_reports
from projections.issued_reports.rows_at_head import rows_at_head
from projections.issued_reports.table import ISSUED_REPORTS
from projections.scope.named_periods import period_named_by

_ISSUED: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {"en": ("Issued reports", "--json has the ids."), "vi": ("Báo cáo đã phát hành", "--json có các mã id.")}
)
_MORE: ByLanguage = MappingProxyType(
    {
        "en": "There are more: set a higher --limit, or name a --pack.",
        "vi": "Còn nữa: đặt --limit lớn hơn, hoặc chọn --pack.",
    }
)
_WRITTEN: ByLanguage = MappingProxyType({"en": "Written: {}.", "vi": "Đã ghi: {}."})


@options_of(ReadOptions)
def issued(
    reading: ReadOptions,
    pack: Annotated[str | None, typer.Option(help="Reports of this pack alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many issues at most.")] = 100,
) -> None:
    """List the issued reports, the newest first."""
    with report_connection(reading.data, reading.tenant) as connection:
        locale = reading.locale(connection)
        with rows_at_head(connection, reading.tenant, [ISSUED_REPORTS]) as rows:
            issues, following = issued_reports(connection, rows.schema, pack, limit=limit)
    if following is not None:
        say(_MORE[locale.language])
    if reading.as_json:
        show_json(issues)
        return
    title, ids = _ISSUED[locale.language]
    show_table(
        title,
        [
            {
                "report": row.name,
                "period": period_named_by(row.first, row.last, row.year_begins),
                "issue": row.version,
                "over": row.complete,
                "position": row.position,
                "issued": local(row.issued_at, locale.zone),
                "by": row.actor,
            }
            for row in issues
        ],
        language=locale.language,
    )
    show_lines([locale.zone_sentence, ids])


@options_of(ReadOptions)
def show(
    reading: ReadOptions,
    which: Which,
    period: PeriodName = None,
    issue: IssueNumber = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page that prints on A4.")] = None,
    xlsx: Annotated[Path | None, typer.Option(dir_okay=False, help="Write an Excel workbook.")] = None,
) -> None:
    """Show an issued report as it was issued: here, as a page of HTML or as a workbook."""
    with report_connection(reading.data, reading.tenant) as connection:
        issued_report = issue_called(connection, reading.tenant, which, period, reading.zone, issue)
        words = reading.language_in(connection)
    if html is not None:
        html.write_text(html_page(issued_report, words), encoding="utf-8")
        say(_WRITTEN[words].format(html))
    if xlsx is not None:
        write_workbook(issued_report, words, xlsx)
        say(_WRITTEN[words].format(xlsx))
    if reading.as_json:
        show_json(
            {
                **issued_report._asdict(),
                "facts": {**issued_report.facts.model_dump(), "figures": issued_report.document},
            }
        )
    elif html is None and xlsx is None:
        _show(issued_report, words)


def _show(issue: Issue, language: Language) -> None:
    document = issue.document
    lines = [f"{name}: {text}" for name, text in head(issue, language)]
    show_lines([title_of(issue, document, language), *lines])
    if not issue.facts.complete:
        show_lines([word("incomplete", language)])
    for section in document["sections"]:
        show_lines([""])
        show_section(section_table(section, language, document["year_begins"]), language)
    show_lines(["", *(f"{name}: {text}" for name, text in foot(issue, document, language))])
