"""Projections made anew from the log beside the live ones, compared with them or put in their place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import Connection, sql

from domain.event_log import reading
from domain.event_log.schema import schema_of
from projections.as_it_was import TEMPORARY, fold_temporarily
from projections.follower import Follower
from projections.projection import Projection
from projections.tables import make_shadow, set_position
from projections.whole_log import Progress, fold_log

_OPTIONS = "-c timezone=UTC -c synchronous_commit=off"


class RebuildUnderWay(Exception):  # noqa: N818 -- names the state of things
    """Another process rebuilds this tenant's projections right now."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the live table differs from the rebuilt one: rows that only one of them holds, as of the same position."""

    table: str
    position: int
    only_live: int
    only_rebuilt: int

    @property
    def same(self) -> bool:
        """Whether the two hold the same rows, byte for byte."""
        return self.only_live == self.only_rebuilt == 0


def rebuild(dsn: str, tenant: str, projections: Sequence[Projection], progress: Progress = lambda _: None) -> int:
    """Fills new tables while writes and readings go on, then switches to them; returns the position they stand at.

    Killed at any instant it leaves the live tables as they were. Raises RebuildUnderWay.
    """
    live = schema_of(tenant)
    with _shadow(dsn, tenant, projections, progress) as (connection, follower, shadow), connection.transaction():
        _hold_still(connection, live, projections)
        follower.catch_up()
        for projection in projections:
            for table in projection.tables:
                names = {
                    "live": sql.Identifier(live),
                    "shadow": sql.Identifier(shadow),
                    "table": sql.Identifier(table.name),
                }
                connection.execute(sql.SQL("drop table {live}.{table}").format(**names))
                connection.execute(sql.SQL("alter table {shadow}.{table} set schema {live}").format(**names))
        connection.execute(
            sql.SQL(
                "update {live}.projection_positions l"
                " set position = s.position, stopped_at = s.stopped_at, error = s.error, tried_at = s.tried_at"
                " from {shadow}.projection_positions s where s.name = l.name"
            ).format(live=sql.Identifier(live), shadow=sql.Identifier(shadow))
        )
        connection.execute("select pg_notify(%s, '')", [f"{live}_projected"])
        return reading.head(connection, tenant)


def compare(
    dsn: str, tenant: str, projections: Sequence[Projection], progress: Progress = lambda _: None
) -> list[Comparison]:
    """Folds the log anew up to where each live projection stands and compares row by row, in one snapshot."""
    with psycopg.connect(dsn, options=_OPTIONS) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction(force_rollback=True):
            return [
                comparison
                for projection in projections
                for comparison in _compare(connection, tenant, projection, progress)
            ]


def _compare(connection: Connection, tenant: str, projection: Projection, progress: Progress) -> Iterator[Comparison]:
    live = schema_of(tenant)
    row = connection.execute(
        sql.SQL("select position from {}.projection_positions where name = %s").format(sql.Identifier(live)),
        [projection.name],
    ).fetchone()
    position = row[0] if row else 0
    fold_temporarily(connection, tenant, [projection], position, progress=progress)
    for table in projection.tables:
        only_live = _count_missing(connection, live, TEMPORARY, table.name)
        only_rebuilt = _count_missing(connection, TEMPORARY, live, table.name)
        yield Comparison(table.name, position, only_live, only_rebuilt)


def _count_missing(connection: Connection, here: str, there: str, table: str) -> int:
    row = connection.execute(
        sql.SQL(
            "select count(*) from (select h::text from {}.{} h except all select t::text from {}.{} t) only_here"
        ).format(*map(sql.Identifier, (here, table, there, table)))
    ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _shadow(
    dsn: str, tenant: str, projections: Sequence[Projection], progress: Progress
) -> Iterator[tuple[Connection, Follower, str]]:
    """New tables, filled up to a position near the head, with a follower for the rest; gone afterwards."""
    shadow = f"rebuild_of_{tenant}"  # no tenant's schema can have this name
    drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(shadow))
    with (
        psycopg.connect(dsn, autocommit=True, options=_OPTIONS) as connection,
        psycopg.connect(dsn, autocommit=True, options=_OPTIONS) as reader,
    ):
        locked = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [shadow]).fetchone()
        if not locked or not locked[0]:
            raise RebuildUnderWay(
                f"the projections of {tenant} are being rebuilt by another process; wait until it has ended"
            )
        connection.execute(drop)
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(shadow)))
        make_shadow(connection, shadow, projections)
        up_to = reading.head(connection, tenant)
        with reader.transaction(), connection.transaction():
            fold_log(reader, connection, tenant, shadow, projections, up_to, progress=progress)
            for projection in projections:
                set_position(connection, shadow, projection.name, up_to)
        follower = Follower(dsn, tenant, projections, target=shadow)
        try:
            follower.catch_up()
            yield connection, follower, shadow
        finally:
            follower.close()
            connection.execute(drop)
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [shadow])  # the next may begin now


def _hold_still(connection: Connection, live: str, projections: Sequence[Projection]) -> None:
    """No follower moves these projections until the transaction ends."""
    connection.execute(
        sql.SQL("select 1 from {}.projection_positions where name = any(%s) for update").format(sql.Identifier(live)),
        [[projection.name for projection in projections]],
    )
