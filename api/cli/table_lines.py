"""The lines under the table of a report: whose time it is, tickets left out with the reason, and late facts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from api.headings import reason_words
from domain.readable import Language, number
from domain.ticket.lateness import LATE_AFTER
from projections.scope.report_scope import Share
from projections.sla.queries import ComplianceFigures

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "calendar": "Elapsed times are those of each target's calendar.",
            "late": "Told late: {late} of {counted} rest on a fact recorded more than {days} days after it happened.",
            "left_out": "Left out: {reasons}.",
            "none": "none",
            "unknown": "Unknown: {unknown}, imported without messages;"
            " one touch, no recontact and customer confirmed leave them out.",
        },
        "vi": {
            "calendar": "Thời gian tính theo lịch làm việc của từng cam kết.",
            "late": "Ghi nhận muộn: {late} trên {counted} dựa trên sự kiện ghi nhận sau hơn {days} ngày.",
            "left_out": "Không tính: {reasons}.",
            "none": "không có",
            "unknown": "Không rõ: {unknown}, nhập không kèm tin nhắn; một lần trả lời, không liên hệ lại và khách xác"
            " nhận không tính các phiếu này.",
        },
    }
)
REASONS = ("merged", "duplicate", "spam", "cancelled", "open_again")
"""In the order in which they are shown."""


def lines_under_tables(rows: Sequence[object], language: Language = "en", *, with_late: bool = True) -> list[str]:
    """The lines for all groups of a report together."""
    late = _told_late_lines(rows, language) if with_late else []
    return [*_calendar_lines(rows, language), *_left_out_lines(rows, language), *late]


def _calendar_lines(rows: Sequence[object], language: Language) -> list[str]:
    """Whose time the elapsed times of clocks are."""
    return [_WORDS[language]["calendar"]] if any(isinstance(row, ComplianceFigures) for row in rows) else []


def _told_late_lines(rows: Sequence[object], language: Language) -> list[str]:
    """No line without late facts."""
    shares = [share for row in rows if isinstance(share := getattr(row, "told_late", None), Share)]
    late, counted = sum(share.numerator for share in shares), sum(share.denominator for share in shares)
    if not late:
        return []
    values = {"late": number(late, language), "counted": number(counted, language), "days": LATE_AFTER.days}
    return [_WORDS[language]["late"].format(**values)]


def _left_out_lines(rows: Sequence[object], language: Language) -> list[str]:
    """No line for a report that counts every ticket."""
    of_groups = [left_out for row in rows if (left_out := getattr(row, "left_out", None)) is not None]
    if not of_groups:
        return []
    counts: Counter[str] = Counter()
    for left_out in of_groups:
        counts.update(left_out)
    words = _WORDS[language]
    reasons = [
        f"{number(counts[reason], language)} {reason_words(reason, language)}" for reason in REASONS if counts[reason]
    ]
    lines = [words["left_out"].format(reasons=", ".join(reasons) or words["none"])]
    if unknown := sum(getattr(row, "unknown", 0) for row in rows):
        lines.append(words["unknown"].format(unknown=number(unknown, language)))
    return lines
