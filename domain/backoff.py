"""Pauses between attempts that fail: exponential, with jitter and a longest one."""

from dataclasses import dataclass, field
from random import Random

_RANDOM = Random()  # noqa: S311 -- jitter is no secret; its own, as tests and users may seed the common one


@dataclass(frozen=True, slots=True)
class Pauses:
    """The shortest and the longest pause, in seconds."""

    shortest: float = 0.05
    longest: float = 2.0


USUAL_PAUSES = Pauses()
"""For connections to the database."""


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt. A failure doubles it and a success halves it, within the bounds.

    A success does not end it at once: what works for a moment and fails again is not tried more and more often.
    """

    pauses: Pauses = USUAL_PAUSES
    _pause: float = field(init=False)

    def __post_init__(self) -> None:
        self._pause = self.pauses.shortest

    @property
    def pause(self) -> float:
        """Seconds, between a half and the whole of the present pause: callers who failed together spread out."""
        return self._pause * _RANDOM.uniform(0.5, 1.0)

    def failed(self) -> float:
        """Seconds to wait before the next attempt; the pause after it is twice as long."""
        pause = self.pause
        self._pause = min(self._pause * 2, self.pauses.longest)
        return pause

    def succeeded(self) -> None:
        """The next pause is half as long."""
        self._pause = max(self._pause / 2, self.pauses.shortest)
