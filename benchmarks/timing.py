"""How long a call takes."""

import time
from collections.abc import Callable
from statistics import median


def milliseconds(call: Callable[[], object]) -> float:
    """The milliseconds of a call."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def median_milliseconds(call: Callable[[], object], rounds: int) -> float:
    """The median of the milliseconds of so many calls."""
    return median(milliseconds(call) for _ in range(rounds))
