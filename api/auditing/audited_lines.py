"""The rows of a sealed log as lines of a bundle, and the positions that a filter chooses."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal, LiteralString, NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection, sql

from api.exporting.snapshot import ExportFailed, ExportRefused
from domain.event_log import reader
from domain.event_log.database_connections import server_cursor
from domain.event_log.schema import schema_of
from domain.sealing.leaf import SealedLog
from projections.audit.queries import HistoryFilter, history_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.checkpoints import position_of

ROWS_AT_ONCE, _FETCHED = 1_000, 100
"""Positions of a statement, and rows that are fetched together: each may be long."""
_COLUMNS: dict[SealedLog, LiteralString] = {
    "events": "position, stream, version, topic, recorded_at, state",
    "access": "position, at, entry",
}
_TABLES: dict[SealedLog, str] = {"events": "events", "access": "access_journal"}
_ACCESS_FILTERS: dict[str, LiteralString] = {
    "actor": "%(value)s in (entry::json ->> 'actor', entry::json ->> 'on_behalf_of')",
    "ticket": "%(value)s in (select value from json_each_text(entry::json -> 'subjects'))",
    "customer": "%(value)s in (select value from json_each_text(entry::json -> 'subjects'))",
}


FilterName = Literal["ticket", "customer", "actor"]


class AuditFilter(NamedTuple):
    """Only what is about a ticket or a customer, or what an actor did."""

    name: FilterName
    value: str


def position_at(connection: Connection, tenant: str, log: SealedLog, at: datetime) -> int:
    """The last position recorded at or before an instant; 0: there is none. Times never fall as positions rise."""
    if log == "events":
        return reader.position_at(connection, tenant, at)
    statement = sql.SQL("select max(position) from {} where at <= %s").format(_table(tenant, log))
    (position,) = connection.execute(statement, [at]).fetchone() or (None,)
    return position or 0


def matching_positions(
    connection: Connection, tenant: str, log: SealedLog, only: AuditFilter, first: int, last: int
) -> list[int]:
    """The positions of a range that a filter chooses, in order. Events are those that `history` shows.

    Raises ExportRefused where the audit history is behind the range.
    """
    if log == "access":
        statement = sql.SQL(
            "select position from {} where position between %(first)s and %(last)s and {} order by position"
        ).format(_table(tenant, log), sql.SQL(_ACCESS_FILTERS[only.name]))
        parameters = {"first": first, "last": last, "value": only.value}
        return [row[0] for row in connection.execute(statement, parameters)]
    reached = position_of(connection, tenant, [AUDIT_HISTORY])
    if reached < last:
        raise ExportRefused(f"The audit history has read up to position {reached}: wait until it has reached {last}.")
    positions: list[int] = []
    after: int | None = first - 1
    while after is not None and after < last:
        page = history_of(connection, schema_of(tenant), _history_filter(only), after=after, limit=ROWS_AT_ONCE)
        positions += [entry.position for entry in page.entries if entry.position <= last]
        after = page.next_after
    return positions


def _history_filter(only: AuditFilter) -> HistoryFilter:
    if only.name == "actor":
        return HistoryFilter(actor=only.value)
    if only.name == "customer":
        return HistoryFilter(customer=UUID(only.value))
    return HistoryFilter(ticket=UUID(only.value), with_absorbed=True)


def lines_between(connection: Connection, tenant: str, log: SealedLog, first: int, last: int) -> Iterator[bytes]:
    """The lines of a range. A position that is missing in the table is missing here."""
    return _lines(connection, tenant, log, sql.SQL("position between %s and %s"), [first, last])


def lines_at(connection: Connection, tenant: str, log: SealedLog, positions: Sequence[int]) -> Iterator[bytes]:
    """The lines of some positions, which are in order."""
    chosen = iter(positions)
    while part := list(islice(chosen, ROWS_AT_ONCE)):
        yield from _lines(connection, tenant, log, sql.SQL("position = any(%s)"), [part])


def _lines(
    connection: Connection, tenant: str, log: SealedLog, which: sql.SQL, parameters: Sequence[object]
) -> Iterator[bytes]:
    """The rows as they are stored: nothing is decoded, put right or left out."""
    names = _COLUMNS[log].split(", ")
    statement = sql.SQL("select {} from {} where {} order by position").format(
        sql.SQL(_COLUMNS[log]), _table(tenant, log), which
    )
    with server_cursor(connection, "audited_lines", binary=True) as cursor:
        cursor.itersize = _FETCHED
        try:
            for row in cursor.execute(statement, parameters):
                yield _line(dict(zip(names, row, strict=True)))
        except psycopg.DataError as error:
            raise ExportFailed(f"A row of the log {log} holds a value that no line can: {error}.") from None


def _line(row: dict[str, Any]) -> bytes:
    values = {name: _text(value) for name, value in row.items()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _table(tenant: str, log: SealedLog) -> sql.Identifier:
    return sql.Identifier(schema_of(tenant), _TABLES[log])
