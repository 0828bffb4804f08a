"""The tables of one tenant's log, in a schema of their own, and how any room's tables are made once."""

import hashlib
import re
from typing import LiteralString

from psycopg import Connection, sql

from domain.event_log.functions import APPEND, KEEP_SNAPSHOTS

TENANT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PREFIX = "tenant_"

OF_RULES: LiteralString = "topic in ('policy.published', 'calendar.published')"
"""What is promised, among all events. Indexes hold these alone: ask for them in the same words."""

LOG_TABLES: LiteralString = (
    """
create table {schema}.log_head (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    recorded_at timestamptz not null
) with (fillfactor = 10);
insert into {schema}.log_head values (true, 0, '-infinity');

create table {schema}.events (
    position bigint primary key,
    stream uuid not null,
    version integer not null check (version > 0),
    topic text not null,
    recorded_at timestamptz not null,
    state text not null,
    unique (stream, version)
);
create index on {schema}.events (position) where """
    + OF_RULES
    + """;

create table {schema}.commands (
    command_id text primary key,
    fingerprint text not null,
    stream uuid not null,
    version integer not null,
    position bigint not null,
    events integer not null
);

-- What long streams have come to: a convenience, made again when it is lost.
create table {schema}.snapshots (
    stream uuid primary key,
    version integer not null,
    fold text not null,
    state text not null
);
"""
)

POSITIONS: dict[str, LiteralString] = {
    "projection positions": """
create table {schema}.projection_positions (
    name text primary key,
    position bigint not null,
    stopped_at bigint,
    error text,
    tried_at timestamptz
) with (fillfactor = 10);
""",
    "projection positions say which definition the rows follow": """
alter table {schema}.projection_positions add column definition text;
""",
}
"""How far the readers of the log have come: it must never end before that."""

ONLY_FUNCTIONS_WRITE: LiteralString = """
-- Roles of earlier releases could write the tables themselves.
do $$
declare
    old record;
begin
    for old in
        select distinct c.relname, acl.grantee::regrole as role
        from pg_class c cross join aclexplode(c.relacl) acl
        where c.relnamespace = '{schema}'::regnamespace and c.relname in ('events', 'commands', 'log_head')
            and acl.grantee not in (0, c.relowner) and acl.privilege_type in ('INSERT', 'UPDATE')
    loop
        execute format('revoke insert, update on {schema}.%I from %s', old.relname, old.role);
        execute format('grant execute on function {schema}.append, {schema}.keep_snapshots to %s', old.role);
    end loop;
end
$$;
"""

_FUNCTIONS: LiteralString = APPEND + KEEP_SNAPSHOTS

LOG: dict[str, LiteralString] = {
    "log": LOG_TABLES,
    **POSITIONS,
    f"functions {hashlib.sha256(_FUNCTIONS.encode()).hexdigest()[:12]}": _FUNCTIONS,
    "only functions write": ONLY_FUNCTIONS_WRITE,
}
"""What makes a tenant's log, for ``make_once``; a newer release's function replaces that of an older one, for good."""


def schema_of(tenant: str) -> str:
    """The schema that holds everything of a tenant. Raises ValueError for a name that is none."""
    if not TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r}: use 1 to 40 lower-case letters, digits and underscores, a letter first")
    return f"{_PREFIX}{tenant}"


def tenants_with(connection: Connection, table: str) -> list[str]:
    """Every tenant of the database whose schema has a table of that name, as far as this role may go there."""
    schemas = connection.execute(
        "select n.nspname from pg_namespace n join pg_class c on c.relnamespace = n.oid"
        " where c.relname = %s and starts_with(n.nspname, %s) and has_schema_privilege(n.oid, 'usage') order by 1",
        [table, _PREFIX],
    ).fetchall()
    names = [schema.removeprefix(_PREFIX) for (schema,) in schemas]
    return [name for name in names if TENANT.fullmatch(name)]


def owns(connection: Connection, tenant: str) -> bool:
    """Whether this role may change the tenant's tables."""
    statement = "select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = %s"
    return connection.execute(statement, [schema_of(tenant)]).fetchone() == (True,)


def make_once(connection: Connection, tenant: str, tables: dict[str, LiteralString]) -> list[str]:
    """Runs each named piece of DDL once in the tenant's life; returns the names that were new.

    ``{schema}`` in the text stands for the quoted schema, ``{schema_name}`` for its bare name. Any number of processes
    may call it at once.
    """
    name = schema_of(tenant)
    schema = sql.Identifier(name)
    made: list[str] = []
    if _made(connection, tenant).issuperset(tables):
        return made
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ticketledger {name}"])
        connection.execute(sql.SQL("create schema if not exists {}").format(schema))
        connection.execute(
            sql.SQL(
                "create table if not exists {}.migrations (name text primary key, made_at timestamptz default now())"
            ).format(schema)
        )
        for piece, ddl in tables.items():
            new = connection.execute(
                sql.SQL("insert into {}.migrations (name) values (%s) on conflict do nothing returning name").format(
                    schema
                ),
                [piece],
            ).fetchone()
            if new:
                connection.execute(in_schema(ddl, name))
                made.append(piece)
    return made


def _made(connection: Connection, tenant: str) -> set[str]:
    """The names of what was made already."""
    if tenant not in tenants_with(connection, "migrations"):
        return set()
    statement = sql.SQL("select name from {}.migrations").format(sql.Identifier(schema_of(tenant)))
    return {name for (name,) in connection.execute(statement)}


def in_schema(text: LiteralString, name: str) -> sql.Composed:
    """The statement with every ``{schema}`` named."""
    return sql.SQL(text.replace("{schema_name}", name)).format(schema=sql.Identifier(name))
