"""Readings at another instant: the same folds over what was known and had happened by then."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import chain
from uuid import UUID

from psycopg import Connection, sql

from domain.envelope import RecordedEvent
from domain.erasure.events import PersonalDataErased
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.messages import Event
from projections.engine.checkpoints import ProjectionOutdated, position_of
from projections.engine.fold_inputs import FoldInputLoader
from projections.engine.past_histories import HistoriesThen
from projections.engine.projection import Projection, Row
from projections.engine.stream import Stream
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.point_in_time.changed_streams import CHANGED, find_changed_streams
from projections.point_in_time.table_locks import hold_tables

_SQL = sql_file("projections.point_in_time", "point_in_time.sql")


@contextmanager
def as_it_was(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> Iterator[str]:
    """The schema to read instead of the live one; it is gone when the block ends.

    ``known_at`` leaves out what was recorded later, ``as_of`` what happened later; without either it is the live one.
    The streams whose rows differ are folded again; the rows of the others are the live ones. The transaction must be
    repeatable read, or none must be open. Of another instant, rows of another version are folded from the whole log;
    without instants they raise ProjectionOutdated.
    """
    if known_at is None and as_of is None:
        position_of(connection, tenant, projections)
        yield schema_of(tenant)
        return
    with connection.transaction(force_rollback=True):
        hold_tables(connection, tenant, projections)
        up_to = _position(connection, tenant, known_at)
        fold_changed(connection, tenant, projections, up_to, as_of)
        yield TEMPORARY


@contextmanager
def as_at_position(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    position: int,
    *,
    without: Collection[int] = (),
) -> Iterator[str]:
    """The same, of the log up to a position, ``without`` the events at some."""
    with connection.transaction(force_rollback=True):
        hold_tables(connection, tenant, projections)
        fold_changed(connection, tenant, projections, position, None, without)
        yield TEMPORARY


def fold_changed(
    connection: Connection,
    tenant: str,
    projections: Sequence[Projection],
    up_to: int,
    as_of: datetime | None,
    without: Collection[int] = (),
) -> None:
    """Makes the projections' tables in TEMPORARY as they were, of folded rows and of live ones.

    Without live rows of the projections' versions the whole log is folded.
    """
    then = HistoriesThen(connection, tenant, up_to, as_of, without)
    try:
        find_changed_streams(connection, tenant, projections, up_to, as_of, without)
    except ProjectionOutdated:
        fold_temporarily(connection, tenant, projections, up_to, then=then)
        return
    among = _is_folded(schema_of(tenant), projections)
    fold_temporarily(connection, tenant, projections, up_to, then=then, among=among)
    for table in chain.from_iterable(projection.tables for projection in projections):
        connection.execute(_beside_live_rows(schema_of(tenant), table.name, table.columns[0].name))


def _is_folded(schema: str, projections: Collection[Projection]) -> str:
    """The condition that a stream is folded again by some projection."""
    of_kinds: sql.Composable = sql.SQL("true")
    if all(projection.kinds is not None for projection in projections):
        kinds = sorted({kind for projection in projections for kind in projection.kinds or ()})
        of_kinds = sql.SQL("split_part(topic, '.', 1) = any({})").format(sql.Literal(kinds))
    return _SQL["is folded"].composed(schema, changed=CHANGED, of_kinds=of_kinds).as_string()


@lru_cache(1024)
def _beside_live_rows(schema: str, table: str, stream: str) -> sql.SQL:
    """The statement as one text. ``stream``: the first column of the table."""
    statement = _SQL["beside live rows"].composed(
        table=sql.Identifier(TEMPORARY, table),
        name=sql.Identifier(table),
        folded=sql.Identifier(f"{table}_folded"),
        live=sql.Identifier(schema, table),
        stream=sql.Identifier(stream),
        changed=CHANGED,
    )
    return sql.SQL(statement.as_string())


def rows_as_they_were(
    connection: Connection,
    tenant: str,
    projection: Projection,
    stream: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[Row]:
    """The rows of one stream at another instant; none while it has no event of the projection."""
    return rows_of_streams_as_they_were(connection, tenant, projection, [stream], known_at=known_at, as_of=as_of)


def rows_of_streams_as_they_were(
    connection: Connection,
    tenant: str,
    projection: Projection,
    streams: Collection[UUID],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[Row]:
    """The same of some streams, folded in memory, stream by stream."""
    up_to = _position(connection, tenant, known_at)
    then = HistoriesThen(connection, tenant, up_to, as_of)
    histories = then.of_each(reader.streams(connection, tenant, streams, up_to))
    folded = [Stream(history) for history in histories.values() if projection.reads(history[0].kind)]
    inputs = FoldInputLoader(connection, tenant, up_to, then)
    inputs.load([projection], folded)
    return [row for stream in folded for row in projection.fold(stream, inputs.of(projection))]


def histories_as_they_were(
    connection: Connection,
    tenant: str,
    streams: Collection[UUID],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
    event_types: Collection[type[Event]] | None = None,
) -> dict[UUID, list[RecordedEvent]]:
    """The events of some streams at another instant, all or those of some types; one without events is absent."""
    up_to = _position(connection, tenant, known_at)
    then = HistoriesThen(connection, tenant, up_to, as_of)
    if event_types is None:
        return then.of_each(reader.streams(connection, tenant, streams, up_to))
    loaded = then.of_each(reader.streams(connection, tenant, streams, up_to, [*event_types, PersonalDataErased]))
    kept = {
        stream: [event for event in history if isinstance(event.payload, tuple(event_types))]
        for stream, history in loaded.items()
    }
    return {stream: history for stream, history in kept.items() if history}


def _position(connection: Connection, tenant: str, known_at: datetime | None) -> int:
    return reader.head(connection, tenant) if known_at is None else reader.position_at(connection, tenant, known_at)
