"""The tables of a tenant's log, and the function that makes named tables once."""

import hashlib
from collections.abc import Iterable, Mapping

from psycopg import Connection

from domain.event_log.advisory_locks import schema_lock
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.table_locks import in_turns, wait_briefly
from domain.event_log.tenants import tenants_with

_SCHEMA = sql_file("domain.event_log", "schema.sql")
_APPEND = sql_file("domain.event_log", "append.sql")
_FUNCTIONS = "\n".join(
    _APPEND[f"function {name}"].text for name in ("append", "keep_snapshots", "keep_worker_position")
)

CHECKPOINTS: dict[str, str] = {
    name: _SCHEMA[name].text
    for name in (
        "projection positions",
        "projection positions say which definition the rows follow",
        "projection positions say when the rows were written",
    )
}
"""The table of how far each projection has read."""

LOG: dict[str, str] = {
    "log": _SCHEMA["log"].text,
    **CHECKPOINTS,
    "worker positions": _SCHEMA["worker positions"].text,
    "published definitions have an index": _SCHEMA["published definitions have an index"].text,
    "started procedures have an index": _SCHEMA["started procedures have an index"].text,
    "erased streams have an index": _SCHEMA["erased streams have an index"].text,
    "encryption": _SCHEMA["encryption"].text,
    "positions of events begin with 1": _SCHEMA["positions of events begin with 1"].text,
    "events of some topics have one index": _SCHEMA["events of some topics have one index"].text,
    f"functions {hashlib.sha256(_FUNCTIONS.encode()).hexdigest()[:12]}": _FUNCTIONS,
    "append takes whether a batch is encrypted": _APPEND["append of earlier releases"].text,
    "only functions write": sql_file("domain.event_log", "roles.sql")["only functions write"].text,
}
"""A tenant's log, for ``make_once``. The functions of a newer release replace those of an older one."""


def make_once(connection: Connection, tenant: str, tables: Mapping[str, str]) -> list[str]:
    """Executes each named piece of DDL once in the tenant's life; returns the names that were new.

    ``in_schema`` says how a text names the schema. Any number of processes may call it at once. Raises TablesHeld.
    """
    if are_made(connection, tenant, tables):
        return []
    return in_turns(connection, lambda: _make(connection, tenant, tables))


def _make(connection: Connection, tenant: str, tables: Mapping[str, str]) -> list[str]:
    made: list[str] = []
    schema = schema_of(tenant)
    with schema_lock(tenant).in_transaction(connection):
        wait_briefly(connection)
        connection.execute(in_schema("create schema if not exists {schema}", schema))
        connection.execute(_SCHEMA["migrations"].filled(schema=schema))
        note = in_schema(
            "insert into {schema}.migrations (name) values (%s) on conflict do nothing returning name", schema
        )
        for name, ddl in tables.items():
            if connection.execute(note, [name]).fetchone():
                connection.execute(in_schema(ddl, schema))
                made.append(name)
    return made


def are_made(connection: Connection, tenant: str, tables: Iterable[str]) -> bool:
    """Whether all of the named pieces of DDL were executed."""
    return _made(connection, tenant).issuperset(tables)


def _made(connection: Connection, tenant: str) -> set[str]:
    """The names of what was made already."""
    if tenant not in tenants_with(connection, "migrations"):
        return set()
    statement = in_schema("select name from {schema}.migrations", schema_of(tenant))
    return {name for (name,) in connection.execute(statement)}
