"""Batches and histories that tests append without a service desk."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql

from domain.envelope import NewEvent, RecordedEvent
from domain.event_log.append import Appended, Batch
from domain.event_log.append import append as append_batch
from domain.event_log.reader import encryptor
from domain.event_log.schema import schema_of
from domain.ids import new_id
from domain.messages import Event
from domain.ticket.events import NoteAdded
from tests.support.events import new_event

TENANT = "acme"
DEFAULT = "default"
"""The tenant that every test database has."""


def batch(
    *changes: tuple[UUID, int, int], command_id: str | None = None, judged: dict[UUID, int] | None = None
) -> Batch:
    """The batch of one command. A change is a stream, its version before, and the number of new notes."""
    name = command_id or str(new_id())
    made = Batch(judged={stream: at for stream, at, _ in changes} | (judged or {}), seen=[name])
    events = [
        new_event(NoteAdded(body=f"{name} {version}"), stream, version, command_id=name)
        for stream, at, notes in changes
        for version in range(at + 1, at + notes + 1)
    ]
    stream, at, notes = changes[0]
    made.add_decided(name, "fingerprint", stream, at + notes, events)
    return made


def append(connection: Connection, made: Batch, tenant: str = TENANT) -> Appended:
    return append_batch(connection, tenant, made)


def append_events(connection: Connection, stream: UUID, *payloads: Event, at: datetime | None = None) -> Appended:
    """Records payloads at the end of a stream of DEFAULT, as one command."""
    row = connection.execute(
        "select coalesce(max(version), 0) from tenant_default.events where stream = %s", [stream]
    ).fetchone()
    version = row[0] if row else 0
    command_id = str(new_id())
    made = Batch({stream: version}, [command_id], encryptor(connection, DEFAULT))
    events = [
        new_event(payload, stream, number, occurred_at=at or datetime.now(UTC), command_id=command_id)
        for number, payload in enumerate(payloads, start=version + 1)
    ]
    made.add_decided(command_id, "events", stream, version + len(payloads), events)
    return append(connection, made, DEFAULT)


def append_history(url: str, history: Sequence[RecordedEvent]) -> UUID:
    """Records a history in the log of DEFAULT on a new stream; returns the stream."""
    stream = new_id()
    with psycopg.connect(url, autocommit=True) as connection:
        made = Batch({stream: 0}, [f"record {stream}"], encryptor(connection, DEFAULT))
    events = [
        NewEvent(stream, event.version, event.envelope.model_copy(update={"event_id": str(new_id())}), event.payload)
        for event in history
    ]
    made.add_decided(made.seen[0], "recorded", stream, len(history), events)
    with psycopg.connect(url, autocommit=True) as connection:
        assert append(connection, made, DEFAULT).recorded
    return stream


def rows(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement; ``{schema}`` in it stands for the tenant's schema."""
    named = sql.SQL(statement).format(schema=sql.Identifier(schema_of(TENANT)))
    return connection.execute(named, parameters).fetchall()


def empty(connection: psycopg.Connection) -> None:
    connection.execute("truncate tenant_default.events, tenant_default.commands")
    connection.execute("update tenant_default.log_head set position = 0")
