"""How many examples the costly property tests draw: a quarter in each run, all of them with THOROUGH=1."""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"


def examples(count: int) -> int:
    return count if THOROUGH else count // 4
