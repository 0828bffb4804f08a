"""Issued reports made of sections by hand, with the words that a page or a workbook must not obey."""

from datetime import UTC, date, datetime
from typing import Any

from domain.issued_report.events import ReportIssued
from projections.issued_reports.canonical import canonical_json, sha256
from projections.issued_reports.queries import Issue
from tests.support.events import TICKET

NOW = datetime(2026, 4, 1, tzinfo=UTC)
HEADING = {"en": "Satisfaction", "vi": "Mức hài lòng"}
NASTY = [
    '=HYPERLINK("http://x")',
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "<r>x</r>",
    "\t\r\x1b[31m",
    "Nguyễn 🎉",
    "\u202eevil",
]


def row(of: dict[str, str | None], numerator: int = 3, denominator: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "period": None,
        "of": of,
        "value": numerator / denominator if denominator else None,
        "numerator": numerator,
        "denominator": denominator,
        "parts": {"satisfied": numerator, "ratings": denominator, "score_5": numerator},
        "final": denominator,
        "provisional": 0,
        "left_out": {},
    } | more


def section(rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "title": HEADING,
        "figure": "csat",
        "part": None,
        "by": list(rows[0]["of"]) if rows else [],
        "every": None,
        "where": {},
        "most": None,
        "unit": "share",
        "definitions": [],
        "rows": rows,
    } | more


def issue(*sections: dict[str, Any], complete: bool = True, **more: Any) -> Issue:
    document = {
        "pack": "weekly",
        "title": {"en": "Weekly report", "vi": "Báo cáo tuần"},
        "period": "week",
        "first": date(2026, 3, 2),
        "last": date(2026, 3, 8),
        "zone": "UTC",
        "year_begins": 1,
        "sections": list(sections),
    }
    figures = canonical_json(document)
    facts = ReportIssued(
        name="weekly",
        definition_version=0,
        first=date(2026, 3, 2),
        last=date(2026, 3, 8),
        zone="UTC",
        complete=complete,
        position=90,
        judged_at=NOW,
        projections=(),
        figures=figures,
        sha256=sha256(figures),
    )
    return Issue(TICKET, 1, NOW, "lan", None, facts)._replace(**more)
