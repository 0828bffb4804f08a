"""Which rows of a ticket the log holds already, which are new, and which contradict it."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Literal

RowStatus = Literal["known", "new", "late", "changed"]
"""``late``: new, but rows after it are recorded already."""


def diff_rows(
    rows: Sequence[str], recorded: Sequence[str], newer: Callable[[int], bool] = lambda _: False
) -> list[RowStatus]:
    """For each row of the file, by its fingerprint, where it stands to the fingerprints that are recorded in order.

    When all that is recorded is found in its order, every other row is new, wherever it was put in. Otherwise the file
    holds a part of the ticket: rows behind the newest recorded one are new, and so are the rows of a file that shares
    none with the log, as far as they are ``newer`` (asked by number); one that stands where another is recorded has
    changed.
    """
    found = _in_order(rows, recorded)
    return found if found is not None else _aligned(rows, recorded, newer)


def _in_order(rows: Sequence[str], recorded: Sequence[str]) -> list[RowStatus] | None:
    found: list[RowStatus] = []
    matched = 0
    for row in rows:
        known = matched < len(recorded) and row == recorded[matched]
        matched += known
        found.append("known" if known else ("late" if matched < len(recorded) else "new"))
    return found if matched == len(recorded) else None


def _aligned(rows: Sequence[str], recorded: Sequence[str], newer: Callable[[int], bool]) -> list[RowStatus]:
    blocks = SequenceMatcher(None, recorded, rows, autojunk=False).get_matching_blocks()
    if len(blocks) == 1:
        return ["new" if newer(number) else "changed" for number in range(len(rows))]
    found: list[RowStatus] = []
    recorded_to = 0
    for block in blocks:
        unmatched = block.b - len(found)
        behind = block.a - recorded_to  # recorded rows that the file does not have here
        if block.size:
            found += _times("changed" if behind else "late", unmatched)
            found += _times("known", block.size)
        else:
            found += _times("changed", min(behind, unmatched))
            found += _times("new", unmatched - behind)
        recorded_to = block.a + block.size
    return found


def _times(place: RowStatus, count: int) -> list[RowStatus]:
    return [place] * count


def diff_exports(rows: Sequence[str], recorded: Sequence[str], older: Callable[[int], bool]) -> list[RowStatus]:
    """For each row that is a whole ticket, whether it is recorded, ``older`` than what is (asked by number) or new."""
    known = set(recorded)
    return ["known" if row in known else "changed" if older(number) else "new" for number, row in enumerate(rows)]
