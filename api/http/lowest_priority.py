"""A process that works on what all others leave of the processors."""

import os
from contextlib import suppress
from pathlib import Path

LOWEST = 19


def give_way_to_all() -> None:
    """Lets all other processes go before this one, as far as the system can.

    A process of the lowest nice value keeps its core for the rest of its slice when another one wakes. One of Linux's
    idle policy gives it up at once to those of its group.
    """
    os.nice(LOWEST)
    if hasattr(os, "SCHED_IDLE"):  # Linux alone has it
        with suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def seconds_without_core(pid: int) -> float:
    """How long the first thread of a process was ready to run and had no core; 0 where the system does not say."""
    try:
        waited = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(waited) / 1e9
