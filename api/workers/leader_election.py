"""The lead of a tenant's workers of one kind: one connection works, the others wait until it has closed."""

from psycopg import Connection

from domain.event_log.advisory_locks import AdvisoryLock


class Lead:
    """A lock that a connection takes once and holds as long as it lasts."""

    def __init__(self, lock: AdvisoryLock) -> None:
        self._lock = lock
        self._leading: Connection | None = None

    def is_held_by(self, connection: Connection) -> bool:
        """Whether a connection leads; it takes the lead when no other has it. Raises psycopg.Error."""
        if self._leading is not connection:
            self._leading = connection if self._lock.is_taken(connection) else None
        return self._leading is connection
