"""Whom a report leaves out and why, and what it was told late, in lines under its table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.ticket.lateness import LATE
from projections.scope.report_scope import Share

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "merged": "merged into another ticket",
        "duplicate": "cancelled as a duplicate",
        "spam": "cancelled as spam",
        "cancelled": "cancelled otherwise",
        "open_again": "open again",
    }
)


def lines_under(rows: Sequence[object]) -> list[str]:
    """What all groups of a report say together of whom they leave out, and of what was told late."""
    return [*_left_out_lines(rows), *_told_late_lines(rows)]


def _told_late_lines(rows: Sequence[object]) -> list[str]:
    """Nothing when nothing was."""
    shares = [share for row in rows if isinstance(share := getattr(row, "told_late", None), Share)]
    late, counted = sum(share.numerator for share in shares), sum(share.denominator for share in shares)
    return [f"Told late: {late:,} of {counted:,}, more than {LATE.days} days after it happened."] if late else []


def _left_out_lines(rows: Sequence[object]) -> list[str]:
    """Nothing for a report that counts every ticket."""
    told = [left_out for row in rows if (left_out := getattr(row, "left_out", None)) is not None]
    if not told:
        return []
    counts: Counter[str] = Counter()
    for left_out in told:
        counts.update(left_out)
    reasons = [f"{counts[reason]:,} {words}" for reason, words in REASONS.items() if counts[reason]]
    lines = [f"Left out: {', '.join(reasons) or 'none'}."]
    if unknown := sum(getattr(row, "unknown", 0) for row in rows):
        lines.append(
            f"Unknown: {unknown:,}, imported without messages;"
            " one touch, no recontact and customer confirmed leave them out."
        )
    return lines
