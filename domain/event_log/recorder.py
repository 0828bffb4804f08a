"""The library's application recorder on our log: what it inserts and reads goes through the same one way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent, Subscription
from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.event_log import reading
from domain.event_log.append import Batch, append
from domain.identity import new_id


@dataclass(frozen=True)
class LedgerNotification(Notification):
    """A notification that also says when the database took it."""

    recorded_at: datetime


class LedgerRecorder(ApplicationRecorder):
    """Records and reads one tenant's log for the library's Application, notification log and projections."""

    def __init__(self, pool: ConnectionPool[Connection], tenant: str) -> None:
        self._pool = pool
        self._tenant = tenant

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """All of them or none, as one command; returns their positions.

        ``command_id`` among the keywords makes it repeatable. Raises IntegrityError when a stream has moved on or the
        command id is known.
        """
        if not stored_events:
            return []
        judged: dict[UUID, int] = {}
        for stored in stored_events:
            judged.setdefault(_uuid(stored), stored.originator_version - 1)
        command_id = str(kwargs.get("command_id") or new_id())
        batch = Batch(judged=judged, seen=[command_id])
        for stored in stored_events:
            batch.add_event(_uuid(stored), stored.originator_version, stored.topic, stored.state.decode())
        last = stored_events[-1]
        batch.add_command(command_id, "library", _uuid(last), last.originator_version, len(stored_events))
        with self._pool.connection() as connection:
            appended = append(connection, self._tenant, batch)
        if not appended.recorded:
            raise IntegrityError(f"not recorded: known commands {appended.known}, moved streams {appended.stale}")
        return range(appended.head + 1, appended.head + 1 + len(stored_events))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The stored events of one stream."""
        order = "desc" if desc else "asc"
        where = f"where stream = %s and version > %s and version <= %s order by version {order} limit %s"
        return self._notifications(where, [originator_id, gt or 0, 2**31 - 1 if lte is None else lte, limit])

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """A part of the log in order."""
        after = (start or 0) - (1 if start and inclusive_of_start else 0)
        where = "where position > %s and position <= %s and (%s or topic = any(%s)) order by position limit %s"
        return self._notifications(where, [after, 2**62 if stop is None else stop, not topics, list(topics), limit])

    def max_notification_id(self) -> int | None:
        """The head of the log; None while it is empty."""
        with self._pool.connection() as connection:
            return reading.head(connection, self._tenant) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Not offered: the library's subscription ends for good with its connection."""
        raise NotImplementedError("follow the log with projections.follower, which survives a lost connection")

    def _notifications(self, where: str, parameters: list[object]) -> list[LedgerNotification]:
        with self._pool.connection() as connection:
            rows = connection.execute(reading.select_where(self._tenant, where), parameters).fetchall()
        return [
            LedgerNotification(
                id=position, originator_id=stream, originator_version=version,
                topic=topic, recorded_at=recorded_at, state=state.encode(),
            )
            for position, stream, version, topic, recorded_at, state in rows
        ]  # fmt: skip


def _uuid(stored: StoredEvent) -> UUID:
    return stored.originator_id if isinstance(stored.originator_id, UUID) else UUID(stored.originator_id)
