"""The number of examples of property tests: a quarter by default, all with THOROUGH=1."""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"
FEWEST = 5


def examples(count: int) -> int:
    """``count``, or a quarter of it, which is no less than five of them."""
    return count if THOROUGH else max(count // 4, min(count, FEWEST))
