"""How many hand-overs a channel may begin in a second."""

from collections import deque
from dataclasses import dataclass, field

_SECOND = 1.0
_ANY_NUMBER = 1_000_000


@dataclass(slots=True)
class Rates:
    """The instants of the last hand-overs by channel, in seconds of the monotonic clock."""

    begun: dict[str, deque[float]] = field(default_factory=dict)

    def left(self, channel: str, rate: int | None, now: float) -> int:
        """How many may begin now. None is no rate."""
        if rate is None:
            return _ANY_NUMBER
        begun = self.begun.setdefault(channel, deque())
        while begun and begun[0] <= now - _SECOND:
            begun.popleft()
        return max(rate - len(begun), 0)

    def count(self, channel: str, now: float) -> None:
        """One begins now."""
        self.begun.setdefault(channel, deque()).append(now)
