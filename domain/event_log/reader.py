"""Reading the log by position or by stream."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import BEHIND_ALL, RecordedEvent
from domain.event_log.codec import EventCodec
from domain.event_log.encryption import Encryption, Encryptor, opened
from domain.event_log.event_types import EVENT_TYPES
from domain.event_log.published import PublishedEvents
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.sql_files import sql_file
from domain.ids import as_array
from domain.messages import Event
from domain.personal_data.data_keys import store_of

QUERIES = sql_file("domain.event_log", "queries.sql")
COLUMNS = "position, stream, version, topic, recorded_at, state"
PUBLISHED = frozenset({"policy.published", "calendar.published", "definition.published"})
"""The topics of what `rules` and `definitions` read."""
NOW = "select clock_timestamp()"
PART = 100
"""Events of a stream that are read at once where its whole history may be too long for memory."""
PAGE_BYTES = 8 * 2**20
"""Bytes of the stored texts of a page, besides its last event; in memory they take about ten times as much."""
CODEC = EventCodec(EVENT_TYPES)


def now(connection: Connection) -> datetime:
    """The present instant by the database's clock, which also sets recorded_at."""
    (at,) = connection.execute(NOW).fetchone() or ()
    return cast("datetime", at)


def calendars_besides(connection: Connection, tenant: str, stream: UUID) -> int:
    """How many calendars were published, without the one of a stream."""
    row = connection.execute(QUERIES["calendars_besides"].of(tenant), {"stream": stream}).fetchone() or (0,)
    return int(row[0])


def opened_rows(tenant: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    """Rows of COLUMNS with their encrypted parts readable, or erased. Raises UnreadableEvent and KeysUnavailable."""
    return opened(CODEC, tenant, rows)


def decode_rows(tenant: str, rows: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
    """The events of rows of COLUMNS. Raises UnreadableEvent and KeysUnavailable."""
    decode = CODEC.decode
    return [decode(*row) for row in opened_rows(tenant, rows)]


def encryption(connection: Connection, tenant: str) -> Encryption | None:
    """Since when a tenant's personal data is encrypted; None when it is not."""
    row = connection.execute(QUERIES["encryption"].of(tenant)).fetchone()
    return Encryption._make(row) if row else None


def begin_encryption(connection: Connection, tenant: str, key_store: UUID) -> None:
    """Has the personal data of all later events encrypted; does nothing when it is."""
    connection.execute(QUERIES["begin encryption"].of(tenant), {"key_store": key_store})


def use_another_key_store(connection: Connection, tenant: str, key_store: UUID) -> None:
    """Takes the keys of new events from another store; programs learn of it with their next connection."""
    connection.execute(QUERIES["use another key store"].of(tenant), {"key_store": key_store})


def encryptor(connection: Connection, tenant: str) -> Encryptor | None:
    """What encrypts the tenant's events; None when they are not encrypted. Raises KeysUnavailable."""
    encrypted = encryption(connection, tenant)
    return None if encrypted is None else Encryptor(CODEC, tenant, store_of(encrypted.key_store), blind=encrypted.blind)


_PUBLISHED = PublishedEvents(decode_rows)
_DEFINITIONS = PublishedEvents(decode_rows, keys="definition_keys")


def page(
    connection: Connection, tenant: str, after: int, limit: int, most_bytes: int | None = None
) -> list[RecordedEvent]:
    """The events at positions ``after + 1`` to at most ``after + limit``, at least one of them if there is one.

    ``most_bytes`` bounds the stored texts of all but the last one.
    """
    return decode_rows(tenant, page_rows(connection, tenant, after, limit, most_bytes))


def page_rows(
    connection: Connection, tenant: str, after: int, limit: int, most_bytes: int | None = None
) -> list[tuple[Any, ...]]:
    """The same, as rows of COLUMNS, encrypted as they are stored."""
    parameters = {"after": after, "limit": limit, "bytes": most_bytes}
    statement = QUERIES["page" if most_bytes is None else "page_of_bytes"].of(tenant)
    return connection.execute(statement, parameters, binary=True).fetchall()


def streams(
    connection: Connection,
    tenant: str,
    ids: Collection[UUID],
    up_to: int,
    event_types: Collection[type[Event]] | None = None,
) -> dict[UUID, list[RecordedEvent]]:
    """The histories of some streams up to a position of the log; a stream without events is absent.

    ``event_types`` leaves events of other types out; None: all. A single stream is read in parts: its stored texts, as
    the database sends them and as strings, would take twice the memory of its events.
    """
    if len(ids) == 1 and event_types is None:
        (stream_id,) = ids
        history = list(stream_in_parts(connection, tenant, stream_id, up_to))
        return {stream_id: history} if history else {}
    parameters: dict[str, object] = {"streams": as_array(ids), "up_to": up_to}
    statement = QUERIES["streams"]
    if event_types is not None:
        statement = QUERIES["streams_of_topics"]
        parameters["topics"] = [event_type.topic for event_type in event_types]
    rows = connection.execute(statement.of(tenant), parameters, binary=True).fetchall()
    histories: dict[UUID, list[RecordedEvent]] = {}
    for event in decode_rows(tenant, rows):
        histories.setdefault(event.stream, []).append(event)
    return histories


def stream(
    connection: Connection,
    tenant: str,
    stream_id: UUID,
    up_to: int = BEHIND_ALL,
    event_types: Collection[type[Event]] | None = None,
) -> list[RecordedEvent]:
    """The history of one stream up to a position of the log; a stream without events has an empty one."""
    return streams(connection, tenant, [stream_id], up_to, event_types).get(stream_id, [])


def stream_in_parts(connection: Connection, tenant: str, stream_id: UUID, up_to: int) -> Iterator[RecordedEvent]:
    """The history of one stream up to a position of the log, of which PART events at most are in memory."""
    after = 0
    while True:
        parameters = {"stream": stream_id, "after": after, "up_to": up_to, "limit": PART}
        rows = connection.execute(QUERIES["part_of_stream"].of(tenant), parameters, binary=True).fetchall()
        yield from decode_rows(tenant, rows)
        if len(rows) < PART:
            return
        after = rows[-1][2]


def newest(
    connection: Connection,
    tenant: str,
    stream_id: UUID,
    event_type: type[Event],
    *,
    version: int | None = None,
    up_to: int = BEHIND_ALL,
) -> RecordedEvent | None:
    """The event of a type with a version, else the newest one, of a stream up to a position; None when it has none."""
    parameters = {
        "stream": stream_id,
        "topic": event_type.topic,
        "first": 1 if version is None else version,
        "last": BEHIND_ALL if version is None else version,
        "up_to": up_to,
    }
    rows = connection.execute(QUERIES["newest_of_topic"].of(tenant), parameters, binary=True).fetchall()
    return next(iter(decode_rows(tenant, rows)), None)


def versions(connection: Connection, tenant: str, ids: Collection[UUID]) -> dict[UUID, int]:
    """The version of each stream; a stream without events is absent."""
    parameters = {"streams": as_array(ids)}
    return dict(connection.execute(QUERIES["versions"].of(tenant), parameters).fetchall())


def rules(connection: Connection, tenant: str, up_to: int | None = None) -> list[RecordedEvent]:
    """The policies and calendars published up to a position, in order; None: up to the head."""
    return _PUBLISHED.read(connection, tenant, head(connection, tenant) if up_to is None else up_to)


def definitions(connection: Connection, tenant: str, up_to: int | None = None) -> list[RecordedEvent]:
    """The versions of all definitions published up to a position, in order; None: up to the head."""
    return _DEFINITIONS.read(connection, tenant, head(connection, tenant) if up_to is None else up_to)


def head(connection: Connection, tenant: str) -> int:
    """The position of the newest event; 0 in an empty log."""
    row = connection.execute(QUERIES["head"].of(tenant)).fetchone()
    return int(row[0]) if row else 0


def position_at(connection: Connection, tenant: str, known_at: datetime) -> int:
    """The position of the last event recorded at or before ``known_at``, 0 when there is none.

    A binary search, since recorded_at never falls as the position rises: it has no index.
    """

    def instant_of(position: int) -> datetime:
        return recorded_at(connection, tenant, position) or known_at

    return bisect_right(range(1, head(connection, tenant) + 1), known_at, key=instant_of)


def recorded_at(connection: Connection, tenant: str, position: int) -> datetime | None:
    """When the event at a position was recorded; None where there is none."""
    row = connection.execute(QUERIES["recorded_at"].of(tenant), {"position": position}).fetchone()
    return cast("datetime", row[0]) if row else None


def worker_position(connection: Connection, tenant: str, worker: str) -> int | None:
    """How far a worker has read; None before it began."""
    row = connection.execute(QUERIES["worker_position"].of(tenant), {"worker": worker}).fetchone()
    return int(row[0]) if row else None


def select_where(tenant: str, which: str) -> sql.Composed:
    """Rows of the log; ``which`` is the rest of the statement, never from outside the program."""
    return in_schema(f"select {COLUMNS} from {{schema}}.events {which}", schema_of(tenant))
