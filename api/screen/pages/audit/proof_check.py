"""The check of the proofs that a person asks for on the screen: it reads rows for a few seconds, and not longer."""

from time import monotonic
from typing import NamedTuple

from api.screen.visit import Visit
from api.sealing.tree_checks import fault_of_tree
from domain.sealing.leaf import SealedLog

MOST_SECONDS = 8.0
"""The longest that the check of one log takes. `doctor --proofs` on the command line has no such bound."""


class Checked(NamedTuple):
    """What a check of a log found. ``reached``: it stopped there, having found nothing; None: it read all of it."""

    log: SealedLog
    fault: str | None
    reached: int | None
    size: int


class _LongEnough(Exception):  # noqa: N818 -- names the state of things
    """The check has read for MOST_SECONDS."""


def check(visit: Visit, log: SealedLog) -> Checked:
    """Compares the rows of a log with its tree."""
    settings, tenant = visit.container.settings, visit.reader.tenant
    progress = [0, 0]
    end = monotonic() + MOST_SECONDS

    def report(done: int, total: int) -> None:
        progress[:] = done, total
        if monotonic() > end:
            raise _LongEnough

    try:
        fault = fault_of_tree(settings.reading, tenant, log, report)
    except _LongEnough:
        return Checked(log, None, *progress)
    return Checked(log, fault, None, progress[1])
