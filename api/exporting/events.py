"""The exported events: the columns of the log, the fields of the envelope, and the payload as JSON."""

from collections.abc import Iterator
from datetime import datetime
from types import NoneType
from typing import Any, LiteralString, get_args

from psycopg import sql
from pydantic import BaseModel

from api.exporting.exported_table import ExportedTable, Expression
from api.exporting.snapshot import ExportSnapshot
from domain.envelope import Envelope
from domain.event_log import reader
from domain.event_log.database_connections import server_cursor
from domain.event_log.event_types import EVENT_TYPES
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.personal_data.encrypted import PREFIX
from projections.engine.replay import ROWS_AT_ONCE
from projections.engine.table import Column, SqlType

_SQL = sql_file("api.exporting", "exporting.sql")
_TYPES: dict[type, LiteralString] = {str: "text", int: "integer", datetime: "timestamptz"}
_OF_LOG: dict[str, LiteralString] = {
    "position": "bigint",
    "stream": "uuid",
    "version": "integer",
    "topic": "text",
    "recorded_at": "timestamptz",
}


def _columns() -> Iterator[Expression]:
    for name, type_name in _OF_LOG.items():
        yield _column(name, type_name, nullable=False), sql.SQL("e.{}").format(sql.Identifier(name))
    for name, field in Envelope.model_fields.items():
        of = _type_of(field.annotation)
        if isinstance(of, type) and issubclass(of, BaseModel):
            for part in of.model_fields:
                value = sql.SQL("recorded.{} ->> {}").format(sql.Identifier(name), sql.Literal(part))
                yield _column(f"{name}_{part}", "text"), value
        else:
            value = sql.SQL("recorded.{}").format(sql.Identifier(name))
            yield _column(name, _TYPES[of], nullable=not field.is_required()), value
    yield _column("payload", "json", nullable=False), sql.SQL("recorded.payload")


def _type_of(annotation: Any) -> Any:
    """The type of a field without None."""
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return parts[0] if parts else annotation


def _column(name: str, type_name: LiteralString, *, nullable: bool = True) -> Column:
    return Column(name, SqlType(type_name, type_name), nullable)


_COLUMNS = tuple(_columns())
_FIELDS: tuple[tuple[str, LiteralString], ...] = (
    *((name, _TYPES.get(_type_of(field.annotation), "json")) for name, field in Envelope.model_fields.items()),
    ("payload", "text"),  # as it stands in the event: as JSON the server would read it once more
)


def _select(snapshot: ExportSnapshot) -> sql.Composed:
    """The events after one position up to another; ``as_of`` leaves out those that happened later."""
    _make_readable(snapshot)
    return _SQL["events"].composed(
        schema_of(snapshot.tenant),
        columns=sql.SQL(", ").join(
            sql.SQL("{} as {}").format(expression, sql.Identifier(column.name)) for column, expression in _COLUMNS
        ),
        fields=sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_name)) for name, type_name in _FIELDS
        ),
        after=sql.Literal(snapshot.after),
        up_to=sql.Literal(snapshot.position),
        as_of=sql.Literal(snapshot.as_of),
    )


def _make_readable(snapshot: ExportSnapshot) -> None:
    """Puts the events that read otherwise than they are stored into a temporary table.

    These hold ciphertext, or a payload of an older schema version.
    """
    connection, tenant = snapshot.connection, snapshot.tenant
    connection.execute(_SQL["readable events"].filled())
    which = "where (topic = any(%s) or starts_with(state, %s)) and position > %s and position <= %s"
    topics = sorted({topic for topic, _ in EVENT_TYPES.upcasters})
    parameters = [topics, PREFIX, snapshot.after, snapshot.position]
    with (
        server_cursor(connection, "stored") as stored,
        connection.cursor() as cursor,
    ):
        stored.execute(reader.select_where(tenant, which), parameters)
        while rows := stored.fetchmany(ROWS_AT_ONCE):
            for row, (position, _, _, topic, _, state) in zip(rows, reader.opened_rows(tenant, rows), strict=True):
                current = reader.CODEC.upcast(topic, state)
                if current != row[-1]:
                    cursor.execute("insert into pg_temp.readable_events values (%s, %s)", [position, current])
    connection.execute("analyze pg_temp.readable_events")


EVENTS = ExportedTable(
    name="events",
    grain="One row for each event of the log, with its payload as JSON.",
    key=("position",),
    columns=tuple(column for column, _ in _COLUMNS),
    projections=(),
    select=_select,
)
