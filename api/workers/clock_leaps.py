"""A leap of the database's clock is believed after a while: what workers record by a wrong clock stays."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

LEAP = timedelta(hours=1)
"""How far the clock must be ahead of the time that has passed."""
BELIEVED_AFTER = 600.0
"""Seconds in which a clock that leapt by mistake is usually set right again."""
_LOG = logging.getLogger(__name__)


def seconds_passed() -> float:
    """Seconds that nobody can set; where the system counts them, those of its sleep as well."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class BelievedClock:
    """Compares the database's clock with the seconds that pass."""

    def __init__(self, who: str, passed: Callable[[], float] = seconds_passed) -> None:
        self._who = who
        self._passed = passed
        self._last: tuple[datetime, float] | None = None
        self._leapt_at: float | None = None

    def is_believed(self, now: datetime) -> bool:
        """Whether ``now`` follows from the last instant that was believed, or has been ahead for long."""
        passed = self._passed()
        ahead = timedelta(0) if self._last is None else now - self._last[0] - timedelta(seconds=passed - self._last[1])
        if ahead > LEAP:
            if self._leapt_at is None:
                self._leapt_at = passed
                _LOG.error(
                    "the database's clock leapt %s ahead: %s wait for %d minutes; set the clock right before",
                    ahead,
                    self._who,
                    BELIEVED_AFTER // 60,
                )
            if passed - self._leapt_at < BELIEVED_AFTER:
                return False
        self._last, self._leapt_at = (now, passed), None
        return True
