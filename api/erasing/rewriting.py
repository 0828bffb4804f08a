"""Takes erased values out of what PostgreSQL keeps beside the rows of tables: statistics and dead rows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, sql
from psycopg.errors import Diagnostic, LockNotAvailable

from domain.errors import LedgerError
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from projections.registry import PROJECTIONS

PATIENCE = 60.0
"""Seconds in which transactions that may see erased rows have to end."""
A_MOMENT = 0.2
"""Seconds between two looks at them."""
LONGEST_LOCK_MS = 10_000
"""How long a table's rewriting waits for its readers; new readers wait behind it."""
_SQL = sql_file("api.erasing", "rewriting.sql")


class NotRewritten(LedgerError):  # noqa: N818 -- names the state of things
    """Dead rows of erased persons may be left in the files."""

    kind = "unavailable"

    def __init__(self, why: str) -> None:
        super().__init__(f"dead rows may be left in the files: {why}; then run `erasure run --rewrite` again")


def renew_statistics(connection: Connection, tenant: str) -> None:
    """Samples the tables of all projections again: their statistics hold frequent values in clear.

    PostgreSQL samples at most 30,000 rows of a table. It keeps the statistics of a table that has become empty.
    """
    for table in _tables(tenant):
        connection.execute(sql.SQL("analyze {}").format(table))


def rewrite(connection: Connection, tenant: str) -> None:
    """Rewrites the tables of all projections and the snapshots, and the statistics, so that no dead row is in a file.

    It first waits for the transactions that may see the erased rows: PostgreSQL keeps these for them. Each table is
    locked while it is rewritten. Raises NotRewritten.
    """
    _wait_for_transactions(connection)
    connection.execute(f"set lock_timeout = {LONGEST_LOCK_MS}")
    with _warnings(connection) as warnings:
        for table in _tables(tenant):
            _rewrite(connection, table, "full, analyze")
        _rewrite(connection, sql.Identifier("pg_catalog", "pg_statistic"), "full")
    if warnings:
        raise NotRewritten(f"{'; '.join(warnings)}. Use the DATABASE_URL of the database's owner")


def _rewrite(connection: Connection, table: sql.Identifier, options: str) -> None:
    try:
        connection.execute(sql.SQL("vacuum ({}) {}").format(sql.SQL(options), table))
    except LockNotAvailable:
        name = table.as_string(connection)
        raise NotRewritten(f"{name} is being used by another transaction: wait until it has ended, or end it") from None


def _wait_for_transactions(connection: Connection) -> None:
    """Waits until no transaction may see a row that is erased now. Raises NotRewritten, which names those that do."""
    ((next_transaction,),) = connection.execute(_SQL["next transaction"].filled()).fetchall()
    deadline = time.monotonic() + PATIENCE
    while rows := connection.execute(_SQL["holding"].filled(), {"next": next_transaction}).fetchall():
        if time.monotonic() > deadline:
            holding = ", ".join(what for (what,) in rows)
            raise NotRewritten(f"PostgreSQL keeps them for {holding}: wait until it has ended, or end it")
        time.sleep(A_MOMENT)


@contextmanager
def _warnings(connection: Connection) -> Iterator[list[str]]:
    """The warnings of the server during the block: a table that a user may not rewrite is one, and no error."""
    warnings: list[str] = []

    def note(notice: Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING" and notice.message_primary:
            warnings.append(notice.message_primary)

    connection.add_notice_handler(note)
    try:
        yield warnings
    finally:
        connection.remove_notice_handler(note)


def _tables(tenant: str) -> list[sql.Identifier]:
    names = [table.name for projection in PROJECTIONS for table in projection.tables]
    return [sql.Identifier(schema_of(tenant), name) for name in (*names, "snapshots")]
