"""What tests draw: the same in each run of unchanged code, or with THOROUGH=N anew and N times as much."""

import os
import time

TIMES = int(os.environ.get("THOROUGH") or "0")
THOROUGH = TIMES > 0
FEWEST = 5


def examples(count: int) -> int:
    """``count``, or a quarter of it, which is no less than five of them. THOROUGH=N gives N times ``count``."""
    return count * TIMES if THOROUGH else max(count // 4, min(count, FEWEST))


def drawn_seed(variable: str) -> int:
    """The seed that the environment gives. Otherwise it is always the same, and with THOROUGH=N another in each run."""
    return int(os.environ.get(variable) or (time.time_ns() if THOROUGH else 1))
