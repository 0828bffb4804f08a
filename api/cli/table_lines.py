"""The lines under the table of a report: the unit, tickets left out with the reason, and late facts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.ticket.lateness import LATE_AFTER
from projections.scope.report_scope import Share
from projections.sla.queries import ComplianceFigures

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "merged": "merged into another ticket",
        "duplicate": "cancelled as a duplicate",
        "spam": "cancelled as spam",
        "cancelled": "cancelled otherwise",
        "open_again": "open again",
    }
)

SECONDS = "Elapsed times are in seconds of each target's calendar."


def lines_under(rows: Sequence[object]) -> list[str]:
    """The lines for all groups of a report together."""
    return [*_unit_lines(rows), *_left_out_lines(rows), *_told_late_lines(rows)]


def _unit_lines(rows: Sequence[object]) -> list[str]:
    """The unit of the elapsed times of clocks; a table of other times says it in its title."""
    return [SECONDS] if any(isinstance(row, ComplianceFigures) for row in rows) else []


def _told_late_lines(rows: Sequence[object]) -> list[str]:
    """No line without late facts."""
    shares = [share for row in rows if isinstance(share := getattr(row, "told_late", None), Share)]
    late, counted = sum(share.numerator for share in shares), sum(share.denominator for share in shares)
    if not late:
        return []
    days = LATE_AFTER.days
    return [f"Told late: {late:,} of {counted:,} rest on a fact recorded more than {days} days after it happened."]


def _left_out_lines(rows: Sequence[object]) -> list[str]:
    """No line for a report that counts every ticket."""
    of_groups = [left_out for row in rows if (left_out := getattr(row, "left_out", None)) is not None]
    if not of_groups:
        return []
    counts: Counter[str] = Counter()
    for left_out in of_groups:
        counts.update(left_out)
    reasons = [f"{counts[reason]:,} {words}" for reason, words in REASONS.items() if counts[reason]]
    lines = [f"Left out: {', '.join(reasons) or 'none'}."]
    if unknown := sum(getattr(row, "unknown", 0) for row in rows):
        lines.append(
            f"Unknown: {unknown:,}, imported without messages;"
            " one touch, no recontact and customer confirmed leave them out."
        )
    return lines
