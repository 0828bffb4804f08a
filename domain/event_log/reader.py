"""Reading the log, by position or by stream."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.event_log.codec import EventCodec
from domain.event_log.event_types import EVENT_TYPES
from domain.event_log.published import PublishedEvents
from domain.event_log.schema import OF_RULES, schema_of

COLUMNS = "position, stream, version, topic, recorded_at, state"
NOW = "select clock_timestamp()"
MAPPER = EventCodec(EVENT_TYPES)


def now(connection: Connection) -> datetime:
    """The present instant by the database's clock, the one that says when something was recorded."""
    (at,) = connection.execute(NOW).fetchone() or ()
    return cast("datetime", at)


def select_page(tenant: str) -> sql.Composed:
    """Rows after a position, in order, at most so many. Parameters: position, limit."""
    return select_where(tenant, "where position > %s order by position limit %s")


def select_page_of_bytes(tenant: str) -> sql.Composed:
    """The same, until the texts are larger than so many bytes. Parameters: position, limit, bytes."""
    measured = sql.SQL(
        f"select {COLUMNS}, sum(octet_length(state)) over (order by position) - octet_length(state) as before"
        " from {}.events where position > %s order by position limit %s"
    ).format(sql.Identifier(schema_of(tenant)))
    return sql.SQL(f"select {COLUMNS} from ({{}}) measured where before < %s order by position").format(measured)


def select_streams(tenant: str) -> sql.Composed:
    """All rows of some streams up to a position, each stream in its order. Parameters: stream ids, position."""
    return select_where(tenant, "where stream = any(%s::uuid[]) and position <= %s order by stream, version")


def select_commands(tenant: str) -> sql.Composed:
    """The recorded answers of some commands, with their fingerprints. Parameter: command ids."""
    return sql.SQL(
        "select command_id, fingerprint, stream, version, position, events from {}.commands where command_id = any(%s)"
    ).format(sql.Identifier(schema_of(tenant)))


def calendars_besides(connection: Connection, tenant: str, stream: UUID) -> int:
    """How many calendars were published, not counting the one of a stream."""
    statement = sql.SQL(
        f"select count(distinct stream) from {{}}.events where {OF_RULES} and topic = 'calendar.published'"
        " and stream <> %s"
    ).format(sql.Identifier(schema_of(tenant)))
    (count,) = connection.execute(statement, [stream]).fetchone() or (0,)
    return int(count)


def decode_rows(rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
    """Rows of the columns above as events. Raises UnreadableEvent."""
    decode = MAPPER.decode
    return [decode(*row) for row in rows]


_PUBLISHED = PublishedEvents(COLUMNS, decode_rows)


def page(
    connection: Connection, tenant: str, after: int, limit: int, most_bytes: int | None = None
) -> list[RecordedEvent]:
    """The events at positions ``after + 1`` to at most ``after + limit``, at least one of them if there is one.

    ``most_bytes``: of the stored texts of all but the last one.
    """
    if most_bytes is None:
        found = connection.execute(select_page(tenant), [after, limit], binary=True)
    else:
        found = connection.execute(select_page_of_bytes(tenant), [after, limit, most_bytes], binary=True)
    return decode_rows(found.fetchall())


def streams(connection: Connection, tenant: str, ids: Collection[UUID], up_to: int) -> dict[UUID, list[RecordedEvent]]:
    """The histories of some streams as they were when the log stood at ``up_to``; a stream without events is absent."""
    rows = connection.execute(select_streams(tenant), [[stream.hex for stream in ids], up_to], binary=True).fetchall()
    found: dict[UUID, list[RecordedEvent]] = {}
    for event in decode_rows(rows):
        found.setdefault(event.stream, []).append(event)
    return found


def rules(connection: Connection, tenant: str, up_to: int) -> list[RecordedEvent]:
    """The policies and calendars published up to a position, in order; the log has an index of its own for them."""
    return _PUBLISHED.read(connection, tenant, up_to)


def head(connection: Connection, tenant: str) -> int:
    """The position of the newest event; 0 in an empty log."""
    row = connection.execute(
        sql.SQL("select position from {}.log_head").format(sql.Identifier(schema_of(tenant)))
    ).fetchone()
    return int(row[0]) if row else 0


def position_at(connection: Connection, tenant: str, known_at: datetime) -> int:
    """The position of the last event recorded at or before ``known_at``, 0 when there is none.

    Found by halving: recorded_at never falls as the position rises, so it needs no index of its own.
    """
    statement = sql.SQL("select recorded_at from {}.events where position = %s").format(
        sql.Identifier(schema_of(tenant))
    )

    def recorded_at(position: int) -> datetime:
        row = connection.execute(statement, [position]).fetchone()
        return cast("datetime", row[0]) if row else known_at

    return bisect_right(range(1, head(connection, tenant) + 1), known_at, key=recorded_at)


def select_where(tenant: str, which: str) -> sql.Composed:
    """Rows of the log, the rest of the statement given (never from outside the program)."""
    text = f"select {COLUMNS} from {{}}.events {which}"
    return sql.SQL(text).format(sql.Identifier(schema_of(tenant)))
