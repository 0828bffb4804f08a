"""The number of examples of expensive property tests: a quarter by default, all with THOROUGH=1."""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"


def examples(count: int) -> int:
    return count if THOROUGH else count // 4
