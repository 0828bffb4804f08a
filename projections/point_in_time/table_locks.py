"""Holds the tables of projections against the switch of a rebuild."""

from collections.abc import Iterable

from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.projection import Projection


def hold_tables(connection: Connection, tenant: str, projections: Iterable[Projection]) -> None:
    """Locks the tables of some projections, and the audit history, until the transaction ends.

    A rebuild that switched meanwhile would show them empty: the new tables have rows that the snapshot does not see.
    LOCK takes no snapshot, so a transaction that begins with it reads a snapshot that is newer than the lock.
    """
    used = {projection.name: projection for projection in (AUDIT_HISTORY, *projections)}
    tables = [sql.Identifier(schema_of(tenant), table.name) for each in used.values() for table in each.tables]
    connection.execute(sql.SQL("lock table {} in access share mode").format(sql.SQL(", ").join(tables)))
