"""The lead of a tenant's workers of one kind: one connection works, the others wait until it has closed."""

from psycopg import Connection

from domain.event_log.advisory_locks import AdvisoryLock


class Lead:
    """A lock that a connection takes once and holds as long as it lasts."""

    def __init__(self, connection: Connection, lock: AdvisoryLock) -> None:
        self._connection = connection
        self._lock = lock
        self._is_held = False

    def is_held(self) -> bool:
        """Whether this connection leads; it takes the lead when no other has it. Raises psycopg.Error."""
        self._is_held = self._is_held or self._lock.is_taken(self._connection)
        return self._is_held
