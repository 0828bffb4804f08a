"""Rewrites the tables that held personal values, so that their files hold no dead rows."""

from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from projections.registry import PROJECTIONS


def rewrite(connection: Connection, tenant: str) -> None:
    """Rewrites the tables of all projections and the snapshots. Each is locked while it is rewritten."""
    names = [table.name for projection in PROJECTIONS for table in projection.tables]
    for name in [*names, "snapshots"]:
        connection.execute(sql.SQL("vacuum full {}").format(sql.Identifier(schema_of(tenant), name)))
