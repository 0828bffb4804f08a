"""Advisory locks of the database, by name.

Each lock that this program takes is made in this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from psycopg import Connection, OperationalError

from domain.event_log.schema import schema_of


class LockTaken(Exception):  # noqa: N818 -- an answer, not a defect
    """Another session holds the lock."""


class AdvisoryLock(NamedTuple):
    """A lock that one session holds at a time. The server frees it when the session ends."""

    name: str

    @contextmanager
    def held(self, connection: Connection, *, wait: bool = True) -> Iterator[None]:
        """Holds the lock for the block. Raises LockTaken when ``wait`` is False and another session holds the lock.

        The connection must be in autocommit: a block may take hours, and no transaction should.
        """
        function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        if self._call(connection, function) is False:
            raise LockTaken(self.name)
        try:
            yield
        finally:
            with suppress(OperationalError):  # the session has ended, and the lock with it
                self._call(connection, "pg_advisory_unlock")

    @contextmanager
    def in_transaction(self, connection: Connection) -> Iterator[None]:
        """A transaction that holds the lock until it is committed."""
        with connection.transaction():
            self._call(connection, "pg_advisory_xact_lock")
            yield

    def is_free(self, connection: Connection) -> bool:
        """Whether no session holds the lock at this moment. The connection must be in autocommit."""
        return self._call(connection, "pg_try_advisory_xact_lock_shared")

    def is_taken(self, connection: Connection) -> bool:
        """Takes the lock for as long as the session lasts, unless another session holds it; says whether it did.

        The connection must be in autocommit.
        """
        return self._call(connection, "pg_try_advisory_lock")

    def _call(self, connection: Connection, function: str) -> bool:
        row = connection.execute(f"select {function}(hashtextextended(%s, 0))", [self.name]).fetchone()
        return row is not None and row[0] is not False


ROLES_LOCK = AdvisoryLock("ticketledger roles")
"""Making the database roles."""


KEY_STORE_LOCK = AdvisoryLock("ticketledger key store")
"""Making the tables and the key file of a key store."""


def schema_lock(tenant: str) -> AdvisoryLock:
    """Making a tenant's tables."""
    return AdvisoryLock(f"ticketledger {schema_of(tenant)}")


def rebuild_lock(tenant: str) -> AdvisoryLock:
    """Rebuilding a tenant's projections."""
    return AdvisoryLock(f"rebuild_of_{tenant}")


def refold_lock(schema: str, projection: str) -> AdvisoryLock:
    """Folding the dependents of an event in pages, into the tables of a schema."""
    return AdvisoryLock(f"refold of {projection} in {schema}")


def alerts_lock(tenant: str) -> AdvisoryLock:
    """Suspending a tenant's SLA alerts, while a past is entered command by command: what looks late half-way may have
    been done in time.
    """
    return AdvisoryLock(f"ticketledger {schema_of(tenant)} SLA watch")


def sender_lock(tenant: str) -> AdvisoryLock:
    """Handing over a tenant's notifications: rates and caps count in one place."""
    return AdvisoryLock(f"ticketledger {schema_of(tenant)} sender")


def reactor_lock(tenant: str) -> AdvisoryLock:
    """Reacting to a tenant's events: only one process counts the limits of rules."""
    return AdvisoryLock(f"ticketledger {schema_of(tenant)} reactor")


def timed_limits_lock(tenant: str) -> AdvisoryLock:
    """Judging a tenant's rules with a time and a limit: the limits count in one session."""
    return AdvisoryLock(f"ticketledger {schema_of(tenant)} limits of rules with a time")


def assigner_lock(tenant: str) -> AdvisoryLock:
    """Assigning a tenant's tickets by routing."""
    return AdvisoryLock(f"ticketledger {schema_of(tenant)} assigner")
