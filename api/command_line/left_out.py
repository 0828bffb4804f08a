"""Whom a report leaves out and why, in lines under its table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "merged": "merged into another ticket",
        "duplicate": "cancelled as a duplicate",
        "spam": "cancelled as spam",
        "cancelled": "cancelled otherwise",
        "open_again": "open again",
    }
)


def left_out_lines(rows: Sequence[object]) -> list[str]:
    """What all groups of a report leave out together; nothing for a report that counts every ticket."""
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
