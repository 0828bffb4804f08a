"""The schema of a library's application: a dense log, and beside it the tables that only the library reads."""

from typing import LiteralString

from eventsourcing.persistence import ProgrammingError
from psycopg import Connection, sql

from domain.event_log.schema import schema_of
from domain.event_log.tables import LOG, make_once

LIBRARY_TABLES: LiteralString = """
-- The application of the library whose events the log holds.
create table {schema}.library_owner (
    only_row boolean primary key default true check (only_row),
    application text not null
);

-- Stored events that stand in no log: the snapshots.
create table {schema}.library_stored_events (
    purpose text not null,
    stream uuid not null,
    version integer not null,
    topic text not null,
    state text not null,
    primary key (purpose, stream, version)
);

-- How far a projection or a process application has read the log of an application.
create table {schema}.library_tracking (
    tracker text not null,
    application text not null,
    position bigint not null,
    primary key (tracker, application)
) with (fillfactor = 10);
"""


def prepare(connection: Connection, tenant: str, *, create: bool) -> None:
    """Makes the schema when it is not there and ``create`` allows it. Raises ProgrammingError."""
    schema = schema_of(tenant)
    has_log, has_library_tables = connection.execute(
        "select to_regclass(%s) is not null, to_regclass(%s) is not null",
        [f"{schema}.log_head", f"{schema}.library_owner"],
    ).fetchone() or (False, False)
    if has_log and not has_library_tables:
        raise ProgrammingError(
            f"the tenant {tenant!r} holds tickets: set TICKETLEDGER_TENANT to a tenant for this application alone"
        )
    if create:
        make_once(connection, tenant, LOG | {"library": LIBRARY_TABLES})
    elif not has_log:
        raise ProgrammingError(f"the tenant {tenant!r} has no log: start the application once with CREATE_TABLE=yes")


def claim(connection: Connection, tenant: str, application: str) -> None:
    """Notes whose events the log holds. Raises ProgrammingError when they are another application's."""
    schema = sql.Identifier(schema_of(tenant))
    select = sql.SQL("select application from {}.library_owner").format(schema)
    found = connection.execute(select).fetchone()
    if found is None:
        insert = sql.SQL("insert into {}.library_owner (application) values (%s) on conflict do nothing")
        connection.execute(insert.format(schema), [application])
        found = connection.execute(select).fetchone()
    if found != (application,):
        (owner,) = found or ("",)
        raise ProgrammingError(
            f"the tenant {tenant!r} holds the events of the application {owner!r}:"
            f" set {application.upper()}_TICKETLEDGER_TENANT to a tenant for {application!r} alone"
        )
