"""`report verify` and `report changed`: a report made again, and a report beside what is known today."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from types import MappingProxyType

import typer

from api.cli.printing import bars, local, show_json, show_lines, show_table
from api.cli.read_options import ReadOptions
from api.cli.report.report_names import IssueNumber, PeriodName, Which, issue_called
from api.cli.shared_options import options_of
from api.cli.tenant_database import report_connection
from api.headings import nothing
from api.report_pages.difference_words import formula_in_words, in_words
from domain.event_log import reader
from domain.readable import NOTHING, Language, number
from domain.zones import zone_named
from projections.audit.sentences import sentence
from projections.issued_reports.changes import ChangesSince, changes_since
from projections.issued_reports.differences import FigureDifference
from projections.issued_reports.queries import Issue
from projections.issued_reports.verification import Verification
from projections.issued_reports.verification import verify as make_again

DIFFERS = 1
"""The exit code when a report that is made again has other bytes."""
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "events": "events",
            "judged": "late facts",
            "differ": "Figures that differ",
            "section": "section",
            "of": "of",
            "number": "number",
            "issued": "issued",
            "made again": "made again",
            "today": "today",
            "position": "position",
            "happened": "happened",
            "recorded": "recorded",
            "stream": "stream",
            "what": "what",
            "definition": "Published since",
            "within": "Recorded since, and happened in the period",
            "before": "Recorded since, and happened before the period",
            "afterwards": "Happened after the period to its tickets, customers or contracts",
            "more": "These are the first {listed} of {total}.",
            "nothing": "No event was found that explains it: what was provisional may be judged later now.",
            "same": "The same bytes: SHA-256 {recorded}, made again at position {position}.",
            "other": "Other bytes: SHA-256 {made} instead of {recorded}.",
            "altered": "The recorded figures do not have the recorded digest: they were altered. `doctor` checks the"
            " log.",
            "unexplained": "The same version of the program issued the report: `doctor` checks the log.",
            "versions": "Other versions made the report: {versions}.",
            "no versions": "none is recorded",
            "compared": "Issued at position {issued}; compared with position {position}.",
        },
        "vi": {
            "events": "sự kiện",
            "judged": "sự kiện ghi muộn",
            "differ": "Số liệu khác nhau",
            "section": "mục",
            "of": "của",
            "number": "chỉ số",
            "issued": "đã phát hành",
            "made again": "lập lại",
            "today": "hôm nay",
            "position": "vị trí",
            "happened": "xảy ra",
            "recorded": "ghi nhận",
            "stream": "lịch sử",
            "what": "nội dung",
            "definition": "Ban hành từ đó đến nay",
            "within": "Ghi nhận sau, xảy ra trong kỳ",
            "before": "Ghi nhận sau, xảy ra trước kỳ",
            "afterwards": "Xảy ra sau kỳ với phiếu, khách hàng hoặc hợp đồng của kỳ",
            "more": "Đây là {listed} trên {total} sự kiện.",
            "nothing": "Không tìm thấy sự kiện giải thích: phần tạm tính có thể nay được xét muộn hơn.",
            "same": "Đúng từng byte: SHA-256 {recorded}, lập lại tại vị trí {position}.",
            "other": "Khác byte: SHA-256 {made} thay vì {recorded}.",
            "altered": "Số liệu đã ghi không khớp mã băm đã ghi: đã bị sửa. `doctor` kiểm tra nhật ký.",
            "unexplained": "Báo cáo do cùng phiên bản chương trình phát hành: `doctor` kiểm tra nhật ký.",
            "versions": "Báo cáo do phiên bản khác lập: {versions}.",
            "no versions": "không ghi nhận phiên bản nào",
            "compared": "Phát hành tại vị trí {issued}; so với vị trí {position}.",
        },
    }
)


@options_of(ReadOptions)
def verify(reading: ReadOptions, which: Which, period: PeriodName = None, issue: IssueNumber = None) -> None:
    """Make an issued report again at its position, and compare the bytes.

    Exit code 1: they differ.
    """
    with report_connection(reading.data, reading.tenant) as connection, bars() as progress:
        recorded = issue_called(connection, reading.tenant, which, period, reading.zone, issue)
        read_in = reading.language_in(connection)
        words = _WORDS[read_in]
        made = make_again(
            connection, reading.tenant, recorded, progress.counter(words["events"], recorded.facts.position)
        )
    if reading.as_json:
        show_json(
            {
                **made._asdict(),
                "differences": [each._asdict() for each in made.differences],
                "formulas": [each._asdict() for each in made.formulas],
            }
        )
    elif made.equal:
        position = number(recorded.facts.position, read_in)
        show_lines([words["same"].format(recorded=made.recorded, position=position)])
    else:
        show_lines([words["other"].format(made=made.made_again, recorded=made.recorded)])
        _show_differences(made.differences, "made again", read_in)
        show_lines(_why(made, read_in))
    if not made.equal:
        raise typer.Exit(DIFFERS)


def _why(made: Verification, language: Language) -> list[str]:
    formulas = [formula_in_words(each, language) for each in made.formulas]
    words, versions = _WORDS[language], [*made.made_by, *made.otherwise_folded]
    if made.cause in {"altered", "unexplained"}:
        return [*formulas, words[made.cause]]
    if formulas and not versions:
        return formulas
    return [*formulas, words["versions"].format(versions=", ".join(versions) or words["no versions"])]


@options_of(ReadOptions)
def changed(reading: ReadOptions, which: Which, period: PeriodName = None, issue: IssueNumber = None) -> None:
    """Show how an issued report differs from the figures of today, and what was recorded since."""
    with report_connection(reading.data, reading.tenant) as connection, bars() as progress:
        recorded = issue_called(connection, reading.tenant, which, period, reading.zone, issue)
        now = reader.now(connection)
        words = reading.language_in(connection)
        judged = partial(progress.show, _WORDS[words]["judged"])
        since = changes_since(connection, reading.tenant, recorded, now, judged)
    if reading.as_json:
        show_json(
            {
                "issued_at_position": recorded.facts.position,
                "position": since.position,
                "judged_at": since.judged_at,
                "differences": [each._asdict() for each in since.differences],
                "facts": since.late.facts,
                "total": since.late.total,
                **since.versions._asdict(),
                "formulas": [each._asdict() for each in since.versions.formulas],
            }
        )
        return
    _show_differences(since.differences, "today", words)
    _show_facts(recorded, since, words)


def _show_differences(different: Sequence[FigureDifference], after: str, language: Language) -> None:
    words = _WORDS[language]
    rows = [
        {
            words["section"]: each.section,
            words["of"]: ", ".join(word for word in (each.period, each.of) if word != NOTHING) or NOTHING,
            words["number"]: each.name,
            words["issued"]: each.before,
            words[after]: each.after,
        }
        for each in (in_words(difference, language) for difference in different)
    ]
    show_table(words["differ"], rows, nothing(language), language=language)


def _show_facts(issue: Issue, since: ChangesSince, language: Language) -> None:
    words, zone = _WORDS[language], zone_named(issue.facts.zone)
    facts, total = since.late
    for relation, related in groupby(facts, key=lambda fact: fact.relation):
        rows = [
            {
                words["position"]: fact.position,
                words["happened"]: local(fact.occurred_at, zone),
                words["recorded"]: local(fact.recorded_at, zone),
                words["stream"]: fact.stream,
                words["what"]: sentence(fact, language, zone=zone),
            }
            for fact in related
        ]
        show_table(words[relation], rows, language=language)
    lines = [formula_in_words(each, language) for each in since.versions.formulas]
    versions = [*since.versions.made_by, *since.versions.otherwise_folded]
    if total > len(facts):
        lines.append(words["more"].format(listed=number(len(facts), language), total=number(total, language)))
    if since.differences and versions:
        lines.append(words["versions"].format(versions=", ".join(versions)))
    elif since.differences and not facts and not since.versions.formulas:
        lines.append(words["nothing"])
    positions = {
        "issued": number(issue.facts.position, language),
        "position": number(since.position, language),
    }
    show_lines([*lines, words["compared"].format_map(positions)])
