"""Passes over all of something, for what time alone makes due: no row says of what it may be."""

from datetime import datetime, timedelta

from psycopg import Connection

from api.workers.due import FIRST, DueCandidate
from domain.event_log import reader
from projections.timers.due_sources import DueSources, due_sources

EVERY = timedelta(minutes=15)
ANY_TIME = 0
"""The position up to which a stream is settled that time alone makes due."""


class Passes:
    """A pass begins ``every`` so long after the one before began; a long pass delays the next."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._next: datetime | None = None

    def goes_on(self, now: datetime, after: DueCandidate) -> bool:
        """Whether the page behind ``after`` is looked at: it belongs to a pass that has begun, or one begins now."""
        if after.stream != FIRST:
            return True
        if self._next is not None and timedelta(0) < self._next - now <= self._every:
            return False  # a longer wait is from before the clock was put back
        self._next = now + self._every
        return True

    def next_at(self, _connection: Connection, _tenant: str, _now: datetime) -> datetime | None:
        """When the next pass begins; None before the first."""
        return self._next


def sources_at_head(connection: Connection, tenant: str) -> DueSources:
    """The rules with a time at the head of the log."""
    up_to = reader.head(connection, tenant)
    return due_sources(reader.rules(connection, tenant, up_to), reader.definitions(connection, tenant, up_to))
