"""The library's recorders: events in the log, snapshots and tracking in tables beside it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from psycopg import Connection

from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.event_log.append import Appended, Batch, append
from domain.event_log.pyeventsourcing.database import LogDatabase
from domain.event_log.pyeventsourcing.stored_state import state_of, text_of
from domain.event_log.pyeventsourcing.subscription import USUAL_SETTINGS, LogSubscription, SubscriptionSettings
from domain.event_log.sql_files import sql_file
from domain.ids import new_id

_SQL = sql_file("domain.event_log.pyeventsourcing", "library.sql")
_TOPIC = re.compile(r"(?!null$)[^\s{},\"\\]+", re.IGNORECASE)
"""A topic that needs no quotes in the text of a PostgreSQL array."""
_LARGEST_VERSION = 2**31 - 1


@dataclass(frozen=True)
class LogNotification(Notification):
    """A notification that also says when the database took the event."""

    recorded_at: datetime


class LogAggregateRecorder(AggregateRecorder):
    """Keeps stored events of one purpose, such as snapshots, outside the log."""

    def __init__(self, database: LogDatabase, purpose: str) -> None:
        self.database = database
        self.purpose = purpose

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        """Records all events or none. Raises IntegrityError when one is recorded already."""
        insert = _SQL["insert stored events"].of(self.database.tenant)
        columns = {
            "purpose": self.purpose,
            "streams": [_stream(event) for event in stored_events],
            "versions": [event.originator_version for event in stored_events],
            "topics": [event.topic for event in stored_events],
            "states": [text_of(event.state) for event in stored_events],
        }
        if stored_events:
            self.database.run(lambda connection: connection.execute(insert, columns))

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
        statement = _SQL["stored events, newest first" if desc else "stored events"].of(self.database.tenant)
        after, up_to = _range(gt, lte)
        parameters = {"purpose": self.purpose, "stream": originator_id, "gt": after, "lte": up_to, "limit": limit}
        rows = self.database.run(lambda connection: connection.execute(statement, parameters).fetchall())
        return [StoredEvent(originator_id, version, topic, state_of(state)) for version, topic, state in rows]


class LogApplicationRecorder(ApplicationRecorder):
    """Records and reads the events of one application, at positions 1, 2, 3 in commit order without holes."""

    subscription_settings: SubscriptionSettings = USUAL_SETTINGS

    def __init__(self, database: LogDatabase) -> None:
        self.database = database

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Records all events or none, as one command; returns their positions.

        `save(..., command_id="x")` records at most once, however often it is called. When the connection is lost before
        the answer, the call repeats itself and returns the positions that it recorded. Raises IntegrityError when a
        stream is at another version or the command id is recorded already.
        """
        if not stored_events:
            return []
        command_id = str(kwargs.get("command_id") or new_id())
        call = new_id().hex
        batch = _batch(stored_events, command_id, call)

        def record(connection: Connection) -> Sequence[int]:
            appended = self._append(connection, batch, kwargs)
            if appended.recorded:
                last = appended.head + len(stored_events)
            else:
                last = self._position(connection, command_id, call, appended)
            return list(range(last - len(stored_events) + 1, last + 1))

        return self.database.run(record)

    def _append(self, connection: Connection, batch: Batch, _kwargs: Mapping[str, Any]) -> Appended:
        return append(connection, self.database.tenant, batch)

    def _position(self, connection: Connection, command_id: str, call: str, appended: Appended) -> int:
        """The position at which this call recorded the command before its answer was lost. Raises IntegrityError."""
        statement = reader.QUERIES["commands"].of(self.database.tenant)
        recorded = connection.execute(statement, {"command_ids": [command_id]}).fetchall()
        for _, fingerprint, _, _, position, _ in recorded:
            if fingerprint == call:
                return int(position)
            raise IntegrityError(f"the command {command_id} is recorded already")
        moved = ", ".join(map(str, appended.stale or ()))
        raise IntegrityError(f"not recorded: the version of the stream is not the next one ({moved}); load it again")

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
        statement = reader.select_where(
            self.database.tenant,
            f"where stream = %s and version > %s and version <= %s order by version {order} limit %s",
        )
        parameters = [originator_id, *_range(gt, lte), limit]
        rows = self.database.run(lambda connection: connection.execute(statement, parameters).fetchall())
        return [StoredEvent(originator_id, version, topic, state_of(state)) for _, _, version, topic, _, state in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[LogNotification]:
        """The notifications of a part of the log, in order."""
        after = (start or 0) - (1 if start and inclusive_of_start else 0)
        up_to = BEHIND_ALL if stop is None else stop
        return self.database.run(lambda connection: self.notifications(connection, after, up_to, limit, topics))

    def notifications(
        self, connection: Connection, after: int, up_to: int, limit: int, topics: Sequence[str]
    ) -> list[LogNotification]:
        """The events at positions ``after + 1`` to ``up_to``, at most ``limit``; all topics when none is given."""
        statement = reader.select_where(
            self.database.tenant,
            "where position > %s and position <= %s and (%s or topic = any(%s)) order by position limit %s",
        )
        rows = connection.execute(statement, [after, up_to, not topics, list(topics), limit]).fetchall()
        return [
            LogNotification(
                id=position,
                originator_id=stream,
                originator_version=version,
                topic=topic,
                state=state_of(state),
                recorded_at=recorded_at,
            )
            for position, stream, version, topic, recorded_at, state in rows
        ]

    def max_notification_id(self) -> int | None:
        """The head of the log; None while it is empty."""
        return self.database.run(lambda connection: reader.head(connection, self.database.tenant)) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LogSubscription:
        """The events after a position, as they are recorded."""
        return LogSubscription(self, gt, topics)


class LogTrackingRecorder(TrackingRecorder):
    """Keeps how far a projection has read. A view is a subclass, whose rows change in the same transaction."""

    def __init__(self, database: LogDatabase, tracker: str) -> None:
        self.database = database
        self.tracker = tracker

    def insert_tracking(self, tracking: Tracking, also: Callable[[Connection], object] | None = None) -> None:
        """Notes the position and executes ``also``, in one transaction.

        Raises IntegrityError, and changes nothing, when this position or a later one is noted already.
        """
        attempts = 0

        def write(connection: Connection) -> None:
            nonlocal attempts
            attempts += 1
            with connection.transaction():
                if self._note(connection, tracking):
                    if also:
                        also(connection)
                elif attempts == 1:  # a repetition: it was committed before the connection was lost
                    raise _not_after(tracking)

        self.database.run(write)

    def _note(self, connection: Connection, tracking: Tracking) -> bool:
        parameters = {
            "tracker": self.tracker,
            "application": tracking.application_name,
            "position": tracking.notification_id,
        }
        return connection.execute(_SQL["track"].of(self.database.tenant), parameters).fetchone() is not None

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position in that application's log; None before the first."""
        statement = _SQL["tracked"].of(self.database.tenant)
        parameters = {"tracker": self.tracker, "application": application_name}
        (position,) = self.database.run(lambda connection: connection.execute(statement, parameters).fetchone()) or ()
        return None if position is None else int(position)


class LogProcessRecorder(LogTrackingRecorder, LogApplicationRecorder, ProcessRecorder):
    """Records events and the position that they come from in one transaction."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """As an application recorder; the keyword `tracking` is noted in the same transaction."""
        tracking: Tracking | None = kwargs.get("tracking")
        if tracking and not stored_events:
            self.insert_tracking(tracking)
        return super().insert_events(stored_events, **kwargs)

    def _append(self, connection: Connection, batch: Batch, kwargs: Mapping[str, Any]) -> Appended:
        with connection.transaction():
            appended = super()._append(connection, batch, kwargs)
            tracking: Tracking | None = kwargs.get("tracking")
            if tracking and appended.recorded and not self._note(connection, tracking):
                raise _not_after(tracking)
        return appended


def _batch(stored_events: Sequence[StoredEvent], command_id: str, call: str) -> Batch:
    """The events as one command. Raises IntegrityError and ProgrammingError for events that no log can hold."""
    streams: dict[UUID, list[int]] = {}
    for event in stored_events:
        if not _TOPIC.fullmatch(event.topic):
            raise ProgrammingError(
                f"the topic {event.topic!r}: leave out white space, braces, commas, quotes and backslashes"
            )
        streams.setdefault(_stream(event), []).append(event.originator_version)
    for stream, versions in streams.items():
        if versions[0] < 1:
            raise ProgrammingError(f"version {versions[0]} of {stream}: a stream of this log begins with version 1")
        if any(later != earlier + 1 for earlier, later in pairwise(versions)):
            raise IntegrityError(f"versions {versions} of {stream}: each is one more than the one before")
    batch = Batch({stream: versions[0] - 1 for stream, versions in streams.items()}, [command_id], clear=True)
    for event in stored_events:
        batch.add_event(_stream(event), event.originator_version, event.topic, text_of(event.state))
    last = stored_events[-1]
    batch.add_command(command_id, call, _stream(last), last.originator_version, len(stored_events))
    return batch


def _stream(event: StoredEvent) -> UUID:
    if isinstance(event.originator_id, UUID):
        return event.originator_id
    raise ProgrammingError(f"the aggregate id {event.originator_id!r} is no UUID: this log names its streams by UUIDs")


def _range(gt: int | None, lte: int | None) -> tuple[int, int]:
    return -1 if gt is None else gt, _LARGEST_VERSION if lte is None else lte


def _not_after(tracking: Tracking) -> IntegrityError:
    return IntegrityError(f"{tracking.application_name} is tracked up to {tracking.notification_id} or further already")
