"""How the bench asks a peer's program: a line with callers and tickets, answered by a line with commands a second."""

import sys
from collections.abc import Callable


def answer(commands_a_second: Callable[[int, int], float]) -> None:
    """Answers each line, until standard input ends."""
    for line in sys.stdin:
        callers, tickets = map(int, line.split())
        print(commands_a_second(callers, tickets), flush=True)
