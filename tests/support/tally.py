"""A log to follow, and the smallest projection there is: how many events each stream has."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

from domain.circumstances import Actor
from domain.event_log.append import Appended, Batch, append_statement
from domain.event_log.envelope import Envelope, NewEvent, RecordedEvent
from domain.event_log.reading import MAPPER
from domain.identity import new_id
from domain.message import Event
from domain.ticket.events import NoteAdded
from projections.projection import Projection, Row, Table
from projections.rebuild import make_current

NOTE = NoteAdded(body="called back")
POISON = NoteAdded(body="poison")


def count(history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], ...]:
    return ([(history[0].stream, len(history), history[-1].position)],)


def count_unless_poisoned(history: Sequence[RecordedEvent], new_from: int) -> tuple[list[Row], ...]:
    for event in history:
        if event.payload == POISON:
            message = "cannot count this"
            raise ValueError(message)
    return count(history, new_from)


def list_events(history: Sequence[RecordedEvent], new_from: int) -> tuple[list[Row], ...]:
    return ([(event.stream, event.version, event.position) for event in history[new_from:]],)


def tally(name: str = "tally", fold: Any = count) -> Projection:
    ddl: Any = f"create table {{schema}}.{name} (stream uuid primary key, events integer, position bigint);"
    return Projection(name, frozenset({"ticket"}), ddl, (Table(name, ("stream", "events", "position")),), fold)


EVENT_LIST = Projection(
    "event_list",
    frozenset({"ticket"}),
    "create table {schema}.event_list (stream uuid, version integer, position bigint primary key);",
    (Table("event_list", ("stream", "version", "position"), kept=True),),
    list_events,
)


def prepare(dsn: str, *projections: Projection) -> None:
    make_current(dsn, "default", projections)


def append(connection: Connection, stream: UUID, *payloads: Event, at: datetime | None = None) -> Appended:
    """Records the payloads at the end of a stream, as one command."""
    row = connection.execute(
        "select coalesce(max(version), 0) from tenant_default.events where stream = %s", [stream]
    ).fetchone()
    version = row[0] if row else 0
    command_id = str(new_id())
    batch = Batch({stream: version}, [command_id])
    for number, payload in enumerate(payloads, start=version + 1):
        envelope = Envelope(
            event_id=str(new_id()),
            schema_version=payload.schema_version,
            occurred_at=at or datetime.now(UTC),
            actor=Actor(id="an", kind="agent"),
            command_id=command_id,
        )
        event = NewEvent(stream, number, envelope, payload)
        batch.add_event(stream, number, payload.topic, MAPPER.encode(event))
    batch.add_command(command_id, "tally", stream, version + len(payloads), len(payloads))
    appended = connection.execute(append_statement("default"), batch.parameters()).fetchone()
    return Appended._make(appended or ())


def rows(dsn: str, table: str) -> list[tuple[Any, ...]]:
    statement: Any = f"select * from tenant_default.{table} order by 1, 2"
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement).fetchall()


def positions(dsn: str) -> dict[str, tuple[int, int | None]]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select name, position, stopped_at from tenant_default.projection_positions")
        return {name: (position, stopped_at) for name, position, stopped_at in found.fetchall()}
