"""Processes that work on what all others leave of the processors."""

import os
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

LOWEST = 19


def forks_behind_all_others(module: str) -> ForkServerContext:
    """What starts processes that let all others go before them from their first instruction on.

    They are forked from one that has loaded ``module`` at the usual priority: so they start in milliseconds.
    """
    processes = get_context("forkserver")
    processes.set_forkserver_preload([module, "api.http.idle_forkserver"])
    return processes


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
