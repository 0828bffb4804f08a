"""A filled log with its projections, many times over: the server copies in seconds what takes minutes to fold."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import psycopg
from psycopg import Connection, sql

from benchmarks.log_filling import STEP, move_head
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.engine.projection import Projection

_SQL = sql_file(__package__, "multiplied.sql")
_BY_NAME = {"position": "position + behind", "command_id": "'filled-' || position + behind"}
_BY_TYPE = {
    "timestamp with time zone": "{} + later",
    "timestamp with time zone[]": "(select array_agg(at + later) from unnest({}) at)",
}
_STORED = "replace(replace(replace(state, {}), {}), {})".format(
    """'"event-' || position || '"', '"event-' || position + behind || '"'""",
    """'"filled-' || position || '"', '"filled-' || position + behind || '"'""",
    """pg_temp.written(recorded_at), pg_temp.written(recorded_at + later)""",
)
"""The text of an event, with the id, the command and the instant of the copy."""


def multiply(dsn: str, tenant: str, projections: Sequence[Projection], times: int) -> None:
    """Makes so many tickets of each filled one, some time apart, with their events, commands and rows.

    Everything shown of the log must be filled, and promises must not depend on the hour.
    """
    schema, copies = schema_of(tenant), times - 1
    with psycopg.connect(dsn) as connection:
        head = reader.head(connection, tenant)
        length = head - _first_filled(connection, tenant) + 1
        given = {
            "copies": copies,
            "positions": length,
            "later": length * STEP,
            "milliseconds": length * STEP // timedelta(milliseconds=1),
        }
        connection.execute(_SQL["plan copies"].of(tenant), given)
        connection.execute(_SQL["written instant"].filled())
        for table, key in [("events", "stream"), ("commands", "stream"), *_tables(projections)]:
            _copy_rows(connection, schema, table, key)
        move_head(connection, tenant, head + copies * length)
        connection.execute(_SQL["move checkpoints"].of(tenant), {"head": head + copies * length})


def _first_filled(connection: Connection, tenant: str) -> int:
    ((position,),) = connection.execute(_SQL["first filled position"].of(tenant)).fetchall()
    return int(position)


def _tables(projections: Sequence[Projection]) -> Iterator[tuple[str, str]]:
    """The tables with rows of tickets, with the column of the ticket."""
    for projection in projections:
        if projection.reads("ticket"):
            yield from ((table.name, table.columns[0].name) for table in projection.tables)


def _copy_rows(connection: Connection, schema: str, table: str, key: str) -> None:
    columns = connection.execute(_SQL["columns"].filled(), {"schema": schema, "table": table}).fetchall()
    connection.execute(
        sql.SQL(
            "insert into {table} ({columns}) select {values} from {table} t join copies on original = t.{key}"
            " order by number, t.ctid"  # as a follower writes them: those of a day lie together
        ).format(
            table=sql.Identifier(schema, table),
            columns=sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
            values=sql.SQL(", ").join(_value(table, name, type_, key) for name, type_ in columns),
            key=sql.Identifier(key),
        )
    )


def _value(table: str, column: str, type_: str, key: str) -> sql.Composable:
    """What a copy has in a column."""
    if column in {key, "ticket"}:
        return sql.SQL("copies.ticket")
    if (table, column) == ("events", "state"):
        return sql.SQL(_STORED)
    changed = _BY_NAME.get(column) or _BY_TYPE.get(type_) or "{}"
    return sql.SQL(changed).format(sql.Identifier("t", column))
