"""OCEL 2.0 as a SQLite file: a table for each type of events and of objects."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from api.exporting.process_mining.ocel import (
    BEGINNING,
    EVENT_ATTRIBUTES,
    OBJECT_ATTRIBUTES,
    AttributeType,
    OcelEvent,
    OcelObject,
)
from api.exporting.snapshot import ExportFailed
from domain.event_log.sql_files import sql_file

_SQL = sql_file("api.exporting.process_mining", "process_mining.sql")
AT_ONCE = 5_000
_COLUMNS: Mapping[AttributeType, str] = {"string": "TEXT", "integer": "INTEGER", "time": "TIMESTAMP"}


def write_ocel_sqlite(
    file: Path, event_types: Iterable[str], objects: Iterable[OcelObject], events: Iterable[OcelEvent]
) -> None:
    """Writes the tables of the types, then the objects, then the events. Raises ExportFailed."""
    try:
        _fill(file, event_types, objects, events)
    except sqlite3.Error as error:
        raise ExportFailed(f"{file.name} cannot be written: {error}.") from None


def _fill(file: Path, event_types: Iterable[str], objects: Iterable[OcelObject], events: Iterable[OcelEvent]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma journal_mode = off")  # an incomplete file is thrown away
        connection.execute("pragma synchronous = off")
        connection.executescript(_SQL["ocel tables"].text)
        for name in event_types:
            _make_type(connection, "event", name, "", EVENT_ATTRIBUTES)
        for kind, attributes in OBJECT_ATTRIBUTES.items():
            _make_type(connection, "object", kind, ", ocel_changed_field text", attributes)
        _write(connection, objects)
        _write(connection, events)
        connection.commit()
        connection.execute("vacuum")


def _make_type(
    connection: sqlite3.Connection, what: str, name: str, more: str, attributes: Mapping[str, AttributeType]
) -> None:
    columns = ", ".join(f'"{attribute}" {_COLUMNS[kind]}' for attribute, kind in attributes.items())
    connection.execute(f"insert into {what}_map_type values (?, ?)", [name, _mapped(name)])
    connection.execute(
        f'create table "{what}_{_mapped(name)}" (ocel_id text references {what}, ocel_time timestamp{more}, {columns})'
    )


def _write(connection: sqlite3.Connection, items: Iterable[OcelObject | OcelEvent]) -> None:
    """Inserts the rows of some thousand items together, table by table."""
    remaining = iter(items)
    while batch := list(islice(remaining, AT_ONCE)):
        rows: dict[str, list[Sequence[Any]]] = {}
        for item in batch:
            for statement, row in _rows_of_object(item) if isinstance(item, OcelObject) else _rows_of_event(item):
                rows.setdefault(statement, []).append(row)
        for statement, of_table in rows.items():
            connection.executemany(statement, of_table)


def _rows_of_object(of: OcelObject) -> Iterator[tuple[str, Sequence[Any]]]:
    """A row for the object, one with its values from the beginning on, and one for each later value."""
    yield "insert into object values (?, ?)", (of.id, of.type)
    names = list(OBJECT_ATTRIBUTES[of.type])
    statement = f'insert into "object_{_mapped(of.type)}" values (?, ?, ?{", ?" * len(names)})'
    always = {name: value for name, value, time in of.attributes if time == BEGINNING}
    yield statement, (of.id, _written(BEGINNING), None, *map(always.get, names))
    for name, value, time in [attribute for attribute in of.attributes if attribute.time != BEGINNING]:
        yield statement, (of.id, _written(time), name, *(value if name == column else None for column in names))
    for other, qualifier in of.related:
        yield "insert into object_object values (?, ?, ?)", (of.id, other, qualifier)


def _rows_of_event(of: OcelEvent) -> Iterator[tuple[str, Sequence[Any]]]:
    yield "insert into event values (?, ?)", (of.id, of.type)
    values = [_written(value) if isinstance(value, datetime) else value for value in of.attributes.values()]
    statement = f'insert into "event_{_mapped(of.type)}" values (?, ?{", ?" * len(values)})'
    yield statement, (of.id, _written(of.time), *values)
    for other, qualifier in of.related:
        yield "insert into event_object values (?, ?, ?)", (of.id, other, qualifier)


def _mapped(name: str) -> str:
    """The name of a type as a part of the name of a table."""
    return re.sub(r"\W", "_", name)


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
