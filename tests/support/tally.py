"""Minimal projections: the number of events of each stream, and the events themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from domain.ticket.events import NoteAdded
from projections.engine.projection import Fold, FoldInputs, Projection
from projections.engine.rebuild import make_current
from projections.engine.stream import Stream
from projections.engine.table import BigInt, Table

NOTE = NoteAdded(body="called back")
POISON = NoteAdded(body="poison")


@dataclass
class Tally:
    stream: UUID
    events: int
    position: BigInt


@dataclass
class ListedEvent:
    stream: UUID
    version: int
    position: BigInt


def count(stream: Stream, _inputs: FoldInputs) -> list[Tally]:
    return [Tally(stream.id, len(stream.all), stream.all[-1].position)]


def count_unless_poisoned(stream: Stream, inputs: FoldInputs) -> list[Tally]:
    for event in stream.all:
        if event.payload == POISON:
            message = "cannot count this"
            raise ValueError(message)
    return count(stream, inputs)


def list_events(stream: Stream, _inputs: FoldInputs) -> Iterator[ListedEvent]:
    for event in stream.new:
        yield ListedEvent(event.stream, event.version, event.position)


def tally(name: str = "tally", fold: Fold = count, version: int = 1) -> Projection:
    return Projection(name, version, frozenset({"ticket"}), (Table(name, Tally, key=("stream",)),), fold)


EVENT_LIST = Projection(
    "event_list",
    1,
    frozenset({"ticket"}),
    (Table("event_list", ListedEvent, key=("position",), append_only=True),),
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
        rows = connection.execute("select name, position, stopped_at from tenant_default.projection_positions")
        return {name: (position, stopped_at) for name, position, stopped_at in rows.fetchall()}
