"""Holds the tables of projections against the switch of a rebuild."""

from collections.abc import Collection, Iterable

from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.checkpoints import common_position
from projections.engine.projection import Projection

_SQL = sql_file("projections.point_in_time", "point_in_time.sql")


def hold_tables(connection: Connection, tenant: str, projections: Iterable[Projection]) -> None:
    """Locks the tables of some projections, and the audit history, until the transaction ends.

    A rebuild that switched meanwhile would show them empty: the new tables have rows that the snapshot does not see.
    LOCK takes no snapshot, so a transaction that begins with it reads a snapshot that is newer than the lock.
    """
    connection.execute(
        sql.SQL("lock table {} in access share mode").format(sql.SQL(", ").join(_tables(tenant, projections)))
    )


def holds_live_rows(connection: Connection, tenant: str, projections: Collection[Projection], position: int) -> bool:
    """The same within a snapshot; False where it does not see live rows of this release at a position.

    They are of another one, or in tables that a rebuild switched to since the snapshot was taken.
    """
    if common_position(connection, tenant, projections) != position:
        return False
    hold_tables(connection, tenant, projections)
    names = [f"{schema_of(tenant)}.{table.name}" for each in projections for table in each.tables]
    return connection.execute(_SQL["seen tables"].filled(), {"names": names}).fetchone() == (len(names),)


def _tables(tenant: str, projections: Iterable[Projection]) -> list[sql.Identifier]:
    used = {projection.name: projection for projection in (AUDIT_HISTORY, *projections)}
    return [sql.Identifier(schema_of(tenant), table.name) for each in used.values() for table in each.tables]
