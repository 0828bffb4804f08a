"""The schema of an application of the library: a log, and the tables that only the library reads."""

from eventsourcing.persistence import ProgrammingError
from psycopg import Connection

from domain.event_log.sql_files import sql_file
from domain.event_log.tables import LOG, make_once

_SQL = sql_file("domain.event_log.pyeventsourcing", "library.sql")


def prepare(connection: Connection, tenant: str, *, create: bool) -> None:
    """Makes the schema if it is missing and ``create`` allows it. Raises ProgrammingError."""
    exist = connection.execute(_SQL["tables exist"].of(tenant)).fetchone()
    has_log, has_library_tables = exist or (False, False)
    if has_log and not has_library_tables:
        raise ProgrammingError(
            f"the tenant {tenant!r} holds tickets: set TICKETLEDGER_TENANT to a tenant for this application alone"
        )
    if create:
        make_once(connection, tenant, LOG | {"library": _SQL["library"].text})
    elif not has_log:
        raise ProgrammingError(f"the tenant {tenant!r} has no log: start the application once with CREATE_TABLE=yes")


def claim(connection: Connection, tenant: str, application: str) -> None:
    """Notes the application of the log. Raises ProgrammingError when another one is noted."""
    select = _SQL["owner"].of(tenant)
    owner = connection.execute(select).fetchone()
    if owner is None:
        connection.execute(_SQL["claim"].of(tenant), {"application": application})
        owner = connection.execute(select).fetchone()
    if owner != (application,):
        raise ProgrammingError(
            f"the tenant {tenant!r} holds the events of the application {owner[0] if owner else ''!r}:"
            f" set {application.upper()}_TICKETLEDGER_TENANT to a tenant for {application!r} alone"
        )
