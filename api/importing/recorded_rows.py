"""Which rows of a ticket are recorded already, which are new, and which contradict recorded ones."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Literal

RowStatus = Literal["known", "new", "late", "changed"]
"""``late``: new, but later rows are recorded already."""


def diff_rows(
    rows: Sequence[str], recorded: Sequence[str], newer: Callable[[int], bool] = lambda _: False
) -> list[RowStatus]:
    """The status of each row of a ticket. Rows and recorded rows are given by their fingerprints, in order.

    When the file has all recorded rows in their order, every other row is new, wherever it stands. Otherwise the file
    holds a part of the ticket: rows behind the newest recorded one are new, and so are the rows of a file that shares
    none with the log, as far as they are ``newer``, given their number. A row in the place of a recorded one has
    changed.
    """
    statuses = _in_order(rows, recorded)
    return statuses if statuses is not None else _aligned(rows, recorded, newer)


def _in_order(rows: Sequence[str], recorded: Sequence[str]) -> list[RowStatus] | None:
    statuses: list[RowStatus] = []
    matched = 0
    for row in rows:
        known = matched < len(recorded) and row == recorded[matched]
        matched += known
        statuses.append("known" if known else ("late" if matched < len(recorded) else "new"))
    return statuses if matched == len(recorded) else None


def _aligned(rows: Sequence[str], recorded: Sequence[str], newer: Callable[[int], bool]) -> list[RowStatus]:
    blocks = SequenceMatcher(None, recorded, rows, autojunk=False).get_matching_blocks()
    if len(blocks) == 1:
        return ["new" if newer(number) else "changed" for number in range(len(rows))]
    statuses: list[RowStatus] = []
    recorded_to = 0
    for block in blocks:
        unmatched = block.b - len(statuses)
        absent = block.a - recorded_to  # recorded rows that the file does not have here
        if block.size:
            statuses += _repeated("changed" if absent else "late", unmatched)
            statuses += _repeated("known", block.size)
        else:
            statuses += _repeated("changed", min(absent, unmatched))
            statuses += _repeated("new", unmatched - absent)
        recorded_to = block.a + block.size
    return statuses


def _repeated(status: RowStatus, count: int) -> list[RowStatus]:
    return [status] * count


def diff_exports(rows: Sequence[str], recorded: Sequence[str], older: Callable[[int], bool]) -> list[RowStatus]:
    """The status of each row that is a ticket: known, ``older`` than what is recorded (given its number) or new."""
    known = set(recorded)
    return ["known" if row in known else "changed" if older(number) else "new" for number, row in enumerate(rows)]
