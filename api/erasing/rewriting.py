"""Takes erased values out of what PostgreSQL keeps beside the rows of tables: statistics and dead rows."""

from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from projections.registry import PROJECTIONS


def renew_statistics(connection: Connection, tenant: str) -> None:
    """Samples the tables of all projections again: their statistics hold frequent values in clear.

    PostgreSQL samples at most 30,000 rows of a table. It keeps the statistics of a table that has become empty.
    """
    for table in _tables(tenant):
        connection.execute(sql.SQL("analyze {}").format(table))


def rewrite(connection: Connection, tenant: str) -> None:
    """Rewrites the tables of all projections and the snapshots, and the statistics, so that no dead row is in a file.

    Each table is locked while it is rewritten.
    """
    for table in _tables(tenant):
        connection.execute(sql.SQL("vacuum (full, analyze) {}").format(table))
    connection.execute("vacuum full pg_catalog.pg_statistic")


def _tables(tenant: str) -> list[sql.Identifier]:
    names = [table.name for projection in PROJECTIONS for table in projection.tables]
    return [sql.Identifier(schema_of(tenant), name) for name in (*names, "snapshots")]
