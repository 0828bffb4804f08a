"""When all streams of a kind are scanned, for what time alone makes due: no row says which of them it may be."""

from datetime import datetime, timedelta

from psycopg import Connection

from api.workers.due import FIRST, DueCandidate

EVERY = timedelta(minutes=15)
ANY_TIME = 0
"""The position up to which a stream is settled that time alone makes due."""


class PeriodicScan:
    """A scan begins ``every`` so long after the one before began; a long scan delays the next."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._next: datetime | None = None

    def goes_on(self, now: datetime, after: DueCandidate) -> bool:
        """Whether the page behind ``after`` is looked at: it belongs to a scan that has begun, or one begins now."""
        if after.stream != FIRST:
            return True
        if self._next is not None and timedelta(0) < self._next - now <= self._every:
            return False  # a longer wait is from before the clock was put back
        self._next = now + self._every
        return True

    def next_at(self, _connection: Connection, _tenant: str, _now: datetime) -> datetime | None:
        """When the next scan begins; None before the first."""
        return self._next
