"""Rebuilds projections beside the live ones and switches to them, or compares the two."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg
from psycopg import Connection, sql

from domain.errors import LedgerError
from domain.event_log import reader as log_reader
from domain.event_log.advisory_locks import LockTaken, rebuild_lock
from domain.event_log.database_connections import ADMINISTRATION, REBUILD, connect
from domain.event_log.notifications import projection_channel
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.table_locks import hold, in_turns, wait_briefly
from projections.engine.checkpoints import outdated
from projections.engine.follower import Follower
from projections.engine.projection import Projection
from projections.engine.replay import ReplayProgress, replay
from projections.engine.table_writer import make_tables
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.engine.view import View
from projections.engine.view_writer import locks_of_views, make_views, write_views

_SQL = sql_file("projections.engine", "checkpoints.sql")
_LOG = logging.getLogger(__name__)


class RebuildUnderWay(LedgerError):  # noqa: N818 -- names the state of things
    """Another process is rebuilding this tenant's projections."""

    kind = "overloaded"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows that only the live table or only the rebuilt one holds, at the same position."""

    table: str
    position: int
    only_live: int
    only_rebuilt: int

    @property
    def same(self) -> bool:
        """Whether both hold the same rows, byte for byte."""
        return self.only_live == self.only_rebuilt == 0


def rebuild(
    dsn: str,
    tenant: str,
    projections: Sequence[Projection],
    progress: ReplayProgress = lambda _: None,
    *,
    views: Sequence[View] = (),
) -> int:
    """Fills new tables while writes and readings go on, then switches to them; returns their position.

    ``views`` are all that read the tables: they are made anew in the same transaction. A killed rebuild leaves the live
    tables as they were. Raises RebuildUnderWay.
    """
    with _alone(dsn, tenant, wait=False):
        return _make_anew(dsn, tenant, projections, progress, views)


def make_current(
    dsn: str,
    tenant: str,
    projections: Sequence[Projection],
    progress: ReplayProgress = lambda _: None,
    *,
    views: Sequence[View] = (),
) -> None:
    """Rebuilds the projections that have no rows yet, or rows of another version, and makes the views over all.

    Until the switch the old rows are served, and followed by the release that made them. Any number of processes may
    call it at once: one works, the others wait for it.
    """
    with connect(dsn, ADMINISTRATION) as connection:
        if outdated(connection, tenant, projections):
            with _alone(dsn, tenant, wait=True):
                if behind := outdated(connection, tenant, projections):
                    _make_anew(dsn, tenant, behind, progress, views)
        if views:
            make_views(connection, tenant, views)


def _make_anew(
    dsn: str, tenant: str, projections: Sequence[Projection], progress: ReplayProgress, views: Sequence[View]
) -> int:
    with _shadow(dsn, tenant, projections, progress) as (connection, follower, shadow):

        def switch() -> int:
            follower.catch_up(log_reader.head(connection, tenant))
            return _switch(connection, tenant, follower, shadow, projections, views)

        return in_turns(connection, switch, attempts=None)


def _switch(
    connection: Connection,
    tenant: str,
    follower: Follower,
    shadow: str,
    projections: Sequence[Projection],
    views: Sequence[View],
) -> int:
    """Puts the new tables in the place of the old ones. Raises LockNotAvailable while the old ones are being read."""
    live = schema_of(tenant)
    with connection.transaction():
        _hold_still(connection, live, projections)
        head = log_reader.head(connection, tenant)
        follower.catch_up(head)
        _hold_tables(connection, tenant, projections)
        wait_briefly(connection)
        _exchange(connection, tenant, shadow, projections, views)
        connection.execute(_SQL["switch"].composed(live, rebuilt=sql.Identifier(shadow, "projection_positions")))
        connection.execute("select pg_notify(%s, '')", [projection_channel(tenant)])
        return head


def _exchange(
    connection: Connection, tenant: str, shadow: str, projections: Sequence[Projection], views: Sequence[View]
) -> None:
    """Puts each new table in the place of the old one, and lets the views read it before the old one is dropped."""
    live, old = schema_of(tenant), f"old_of_{tenant}"
    connection.execute(sql.SQL("create schema {}").format(sql.Identifier(old)))
    tables = [table.name for projection in projections for table in projection.tables]
    for table in tables:
        _move(connection, table, live, old)
        _move(connection, table, shadow, live)
    if views:
        write_views(connection, tenant, views)
    for table in tables:
        connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(old, table)))
    connection.execute(sql.SQL("drop schema {}").format(sql.Identifier(old)))


def _hold_tables(connection: Connection, tenant: str, projections: Sequence[Projection]) -> None:
    """Keeps readers from the old tables and their views until the transaction ends. Raises LockNotAvailable."""
    tables = [table.name for projection in projections for table in projection.tables]
    statement = "select relname from pg_class where relnamespace = to_regnamespace(%s) and relname = any(%s) order by 1"
    existing = connection.execute(statement, [schema_of(tenant), tables]).fetchall()
    locks = [
        sql.SQL("lock table {} in access exclusive mode").format(sql.Identifier(schema_of(tenant), name))
        for (name,) in existing
    ]
    hold(connection, [*locks_of_views(connection, tenant), *locks])


def _move(connection: Connection, table: str, source: str, target: str) -> None:
    statement = sql.SQL("alter table if exists {} set schema {}")
    connection.execute(statement.format(sql.Identifier(source, table), sql.Identifier(target)))


def compare(
    dsn: str, tenant: str, projections: Sequence[Projection], progress: ReplayProgress = lambda _: None
) -> list[Comparison]:
    """Folds the log again up to the checkpoint of each live projection and compares row by row, in one snapshot.

    Projections with the same checkpoint are folded together. ``progress`` counts an event once for each of them.
    """
    with connect(dsn, REBUILD) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction(force_rollback=True):
            positions = _positions(connection, tenant)
            at: defaultdict[int, list[Projection]] = defaultdict(list)
            for projection in projections:
                at[positions.get(projection.name, 0)].append(projection)
            for position, together in at.items():
                of_each = partial(_count_for, len(together), progress)
                fold_temporarily(connection, tenant, together, position, progress=of_each)
            return [
                _compared(connection, tenant, table.name, position)
                for position, together in at.items()
                for projection in together
                for table in projection.tables
            ]


def _positions(connection: Connection, tenant: str) -> dict[str, int]:
    """The checkpoints by the names of projections."""
    statement = sql.SQL("select name, position from {}.projection_positions")
    return dict(connection.execute(statement.format(sql.Identifier(schema_of(tenant)))).fetchall())


def _count_for(projections: int, progress: ReplayProgress, events: int) -> None:
    progress(projections * events)


def _compared(connection: Connection, tenant: str, table: str, position: int) -> Comparison:
    live = schema_of(tenant)
    only_live = _count_missing(connection, live, TEMPORARY, table)
    only_rebuilt = _count_missing(connection, TEMPORARY, live, table)
    return Comparison(table, position, only_live, only_rebuilt)


def _count_missing(connection: Connection, here: str, there: str, table: str) -> int:
    row = connection.execute(
        sql.SQL(
            "select count(*) from (select h::text from {}.{} h except all select t::text from {}.{} t) only_here"
        ).format(*map(sql.Identifier, (here, table, there, table)))
    ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _alone(dsn: str, tenant: str, *, wait: bool) -> Iterator[None]:
    """Holds the lock under which this tenant's projections are rebuilt."""
    with ExitStack() as stack:
        connection = stack.enter_context(connect(dsn, ADMINISTRATION))
        try:
            stack.enter_context(rebuild_lock(tenant).held(connection, wait=wait))
        except LockTaken:
            raise RebuildUnderWay(
                f"the projections of {tenant} are being rebuilt by another process; wait until it has ended"
            ) from None
        yield


def _shadow_of(tenant: str) -> str:
    return f"rebuild_of_{tenant}"  # a tenant's schema begins with another word


@contextmanager
def _shadow(
    dsn: str, tenant: str, projections: Sequence[Projection], progress: ReplayProgress
) -> Iterator[tuple[Connection, Follower, str]]:
    """Makes new tables, fills them up to a position near the head, and drops what is left of them afterwards.

    Gives a connection, a follower of the new tables, and their schema.
    """
    shadow = _shadow_of(tenant)
    drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(shadow))
    with (
        connect(dsn, REBUILD) as connection,
        connect(dsn, REBUILD) as reader,
    ):
        connection.execute(drop)
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(shadow)))
        make_tables(connection, shadow, projections)
        try:
            with reader.transaction(), connection.transaction():
                up_to = log_reader.head(reader, tenant)
                replay(reader, connection, tenant, shadow, projections, up_to, progress=progress)
                statement = sql.SQL(
                    "update {}.projection_positions set position = %s, projected_at = clock_timestamp()"
                ).format(sql.Identifier(shadow))
                connection.execute(statement, [up_to])
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 -- the follower finds the event and stops its projection alone
            _LOG.warning("%s cannot be folded stream by stream (%s)", tenant, type(error).__name__)
        follower = Follower(dsn, tenant, projections, target=shadow)
        try:
            follower.catch_up(log_reader.head(connection, tenant))
            yield connection, follower, shadow
        finally:
            follower.close()
            connection.execute(drop)


def _hold_still(connection: Connection, live: str, projections: Sequence[Projection]) -> None:
    """Keeps every follower from these projections until the transaction ends."""
    connection.execute(
        sql.SQL("select 1 from {}.projection_positions where name = any(%s) for update").format(sql.Identifier(live)),
        [[projection.name for projection in projections]],
    )
