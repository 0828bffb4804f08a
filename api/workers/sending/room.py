"""How many attempts may begin in a lane beside those of the others."""

from collections import Counter

from api.channels.configuration import Lane

_KEPT_PART = 8
"""The part of all attempts that is kept for lanes with few of them: 1 in so many, and one a lane at least."""


def room_in(lane: Lane, running: Counter[Lane], lanes: int, at_once: int) -> int:
    """How many more may run in a lane. Lanes whose receivers hang leave some to each other lane."""
    kept = max(at_once // (_KEPT_PART * lanes), 1)
    beyond = sum(max(each - kept, 0) for each in running.values())
    return max(kept - running[lane], 0) + max(at_once - kept * lanes - beyond, 0)
