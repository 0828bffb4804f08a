"""What long streams have come to, kept beside the log so that loading one costs its newest events alone.

A snapshot is a convenience: it can be lost, and nothing changes but the time that loading takes. It counts for the fold
that made it and for no other.
"""

from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from domain.event_log.schema import schema_of

SNAPSHOT = "snapshot"
"""The topic under which a snapshot stands among the rows of its stream."""


class Snapshot(NamedTuple):
    """A stream's state as of a version, as text; ``fold`` names the code that made it."""

    stream: UUID
    version: int
    fold: str
    state: str


def select_since_snapshots(tenant: str) -> sql.Composed:
    """The rows of some streams, each from its snapshot on, which comes first. Parameters: ids, fold, ids."""
    return sql.SQL(
        "with kept as (select stream, version, state from {0}.snapshots where stream = any(%s::uuid[]) and fold = %s)"
        " select 0::bigint, stream, version, {1}, null::timestamptz, state from kept"
        " union all select e.position, e.stream, e.version, e.topic, e.recorded_at, e.state"
        " from unnest(%s::uuid[]) asked(stream) left join kept using (stream)"
        " join lateral (select * from {0}.events later"
        " where later.stream = asked.stream and later.version > coalesce(kept.version, 0) offset 0) e on true"
        " order by 2, 3"
    ).format(sql.Identifier(schema_of(tenant)), sql.Literal(SNAPSHOT))


def keep_snapshots(tenant: str) -> sql.Composed:
    """Keeps snapshots, newer ones in place of older. Parameters: stream ids, versions, folds, states."""
    return sql.SQL("select {}.keep_snapshots(%s::uuid[], %s::integer[], %s::text[], %s::text[])").format(
        sql.Identifier(schema_of(tenant))
    )
