"""Events and appends as short as a test needs them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from domain.circumstances import Actor
from domain.event_log.append import Appended, Batch, append_statement
from domain.event_log.envelope import Envelope, NewEvent
from domain.event_log.reading import MAPPER
from domain.event_log.schema import schema_of
from domain.identity import new_id
from domain.message import Event
from domain.ticket.events import NoteAdded

TENANT = "acme"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINH = Actor(id="linh", kind="agent")


def envelope(event: Event, **fields: Any) -> Envelope:
    """An envelope around a payload, all that is not given being plain."""
    given: dict[str, Any] = {
        "event_id": str(new_id()),
        "schema_version": event.schema_version,
        "occurred_at": NOON,
        "actor": LINH,
        "command_id": "c-1",
    }
    return Envelope(**given | fields)


def new_event(payload: Event, stream: UUID | None = None, version: int = 1, **fields: Any) -> NewEvent:
    return NewEvent(stream or new_id(), version, envelope(payload, **fields), payload)


def batch(
    *changes: tuple[UUID, int, int], command_id: str | None = None, judged: dict[UUID, int] | None = None
) -> Batch:
    """One command's batch. A change is a stream, the version it was judged at, and how many notes it takes."""
    name = command_id or str(new_id())
    made = Batch(judged={stream: at for stream, at, _ in changes} | (judged or {}), seen=[name])
    count = 0
    for stream, at, notes in changes:
        for version in range(at + 1, at + notes + 1):
            event = new_event(NoteAdded(body=f"{name} {version}"), stream, version, command_id=name)
            made.add_event(stream, version, NoteAdded.topic, MAPPER.encode(event))
            count += 1
    stream, at, notes = changes[0]
    made.add_command(name, "fingerprint", stream, at + notes, count)
    return made


def append(connection: Connection, made: Batch) -> Appended:
    row = connection.execute(append_statement(TENANT), made.parameters()).fetchone()
    assert row is not None
    return Appended._make(row)


def rows(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """What a statement finds; ``{schema}`` in it names the tenant's."""
    named = sql.SQL(statement).format(schema=sql.Identifier(schema_of(TENANT)))
    return connection.execute(named, parameters).fetchall()
