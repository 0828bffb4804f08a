"""Which rows of a ticket the log holds already, which are new, and which have changed since."""

from collections.abc import Sequence
from typing import Literal

Place = Literal["known", "new", "late", "changed"]
"""``late``: new, but rows after it are recorded already."""


def places(rows: Sequence[str], recorded: Sequence[str]) -> list[Place]:
    """For each row of the file, by its fingerprint, where it stands to the fingerprints that are recorded in order.

    When all that is recorded is found in its order, every other row is new, wherever it was put in. Otherwise rows are
    compared number by number, and one that differs has changed.
    """
    found: list[Place] = []
    matched = 0
    for row in rows:
        known = matched < len(recorded) and row == recorded[matched]
        matched += known
        found.append("known" if known else ("late" if matched < len(recorded) else "new"))
    if matched == len(recorded):
        return found
    compared: list[Place] = ["known" if row == old else "changed" for row, old in zip(rows, recorded, strict=False)]
    return compared + ["new"] * (len(rows) - len(compared))
