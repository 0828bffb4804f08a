"""A process that works on what all others leave of the processors."""

import os
import time
from contextlib import suppress
from pathlib import Path

LOWEST = 19
_AUTOGROUP = Path("/proc/self/autogroup")
TRIES = 10
AGAIN_SECONDS = 0.1
"""How often Linux takes a nice value of a group from processes without privilege: of all together, one."""


def give_way_to_all() -> None:
    """Lets all other processes go before this one, as far as the system can.

    A process of the lowest nice value keeps its core for the rest of its slice when another one wakes; one of Linux's
    idle policy gives it up at once. Where Linux groups processes by session (autogroup), either counts within its
    session alone, and its database is another one: so the process gets a session, and its group the lowest nice value.
    """
    os.nice(LOWEST)
    with suppress(OSError):  # it leads a session already
        os.setsid()
    with suppress(OSError):  # there are no such groups here
        lower_group(_AUTOGROUP)
    if hasattr(os, "SCHED_IDLE"):  # Linux alone has it
        with suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def lower_group(autogroup: Path) -> None:
    """Gives the group of the session the lowest nice value, again while the system takes none. Raises OSError."""
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            autogroup.write_text(str(LOWEST), encoding="ascii")
            return
        time.sleep(AGAIN_SECONDS)


def seconds_without_core(pid: int) -> float:
    """How long the first thread of a process was ready to run and had no core; 0 where the system does not say."""
    try:
        waited = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(waited) / 1e9
