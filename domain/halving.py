"""Whether batches are halved, so that one half is decided while the other is recorded: whichever way serves more."""

import time
from collections.abc import Callable

LEAD_IN = 16
"""Batches of a turn that do not count: what changes ways has to get going."""
COUNTED = 40
"""Batches after them, by which it is known how fast a way is."""
TRIED_EVERY = 24
"""Turns of which one goes to the way that was slower: things change."""
MARGIN = 1.07
"""How much faster the other way must be to be taken: turns of one way differ too."""
PAUSE = 0.1
"""Seconds without a batch, after which a turn begins again: nobody asked meanwhile."""


class Halving:
    """Two halves that overlap are done sooner than the whole, unless the disk is slow, processors are short or the
    thread has enough to do anyway: nobody can tell beforehand, so both ways are tried in turns.

    ``on`` says which way it goes now.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = self._better = True
        self._clock = clock
        self._speeds: dict[bool, float] = {}
        self._turns = 0
        self._batches = 0
        self._commands = 0
        self._begun = self._last = clock()

    def served(self, commands: int) -> None:
        """One more batch is recorded, of so many commands."""
        now, before = self._clock(), self._last
        self._last = now
        self._batches = self._batches + 1 if now - before <= PAUSE else 0
        if self._batches <= LEAD_IN:
            self._begun, self._commands = now, 0
            return
        self._commands += commands
        if self._batches == LEAD_IN + COUNTED:
            self._end_turn(self._commands / (now - self._begun))

    def _end_turn(self, speed: float) -> None:
        self._speeds[self.on] = (self._speeds.get(self.on, speed) + speed) / 2
        self._turns += 1
        self._batches = 0
        other = not self._better
        if self._speeds.get(other, 0.0) > MARGIN * self._speeds[self._better]:
            self._better = other
        self.on = self._better != (self._turns % TRIED_EVERY == 1)
