"""Minimal projections: the number of events of each stream, and the events themselves."""

from collections.abc import Sequence
from typing import Any

import psycopg

from domain.envelope import RecordedEvent
from domain.ticket.events import NoteAdded
from projections.engine.projection import Projection, Row, Table
from projections.engine.rebuild import make_current

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


def rows(dsn: str, table: str) -> list[tuple[Any, ...]]:
    statement: Any = f"select * from tenant_default.{table} order by 1, 2"
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement).fetchall()


def positions(dsn: str) -> dict[str, tuple[int, int | None]]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select name, position, stopped_at from tenant_default.projection_positions")
        return {name: (position, stopped_at) for name, position, stopped_at in found.fetchall()}
