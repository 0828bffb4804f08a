"""The tables of one tenant's log, in a schema of their own, and how any room's tables are made once."""

import hashlib
import re
from typing import LiteralString

from psycopg import Connection, sql

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

APPEND: LiteralString = """
-- The one way in. Either all is recorded, or nothing and the answer says what stands in the way: command ids that are
-- known already, streams that have moved on. Unique keys guard what is recorded: a caller may leave it out of what is
-- looked up, but names something that is looked up or recorded. Each statement of the function sees what was committed
-- before it had the lock, which is the head's row.
create or replace function {schema}.append(
    seen text[],
    judged_stream uuid[], judged_version integer[],
    event_stream uuid[], event_version integer[], event_topic text[], event_state text[],
    command_id text[], command_fingerprint text[], command_stream uuid[], command_version integer[],
    command_last integer[], command_events integer[],
    out head bigint, out at timestamptz, out known text[], out stale uuid[]
) language plpgsql as $$
begin
    known := array[]::text[];
    stale := array[]::uuid[];
    if cardinality(seen) + cardinality(judged_stream) > 0 then
        select h.position, h.recorded_at into head, at from {schema}.log_head h for update;
        at := greatest(clock_timestamp(), at);
        known := array(select c.command_id from {schema}.commands c where c.command_id = any(seen));
        stale := array(
            select j.stream from unnest(judged_stream, judged_version) j(stream, version)
            where j.version <> coalesce(
                (select e.version from {schema}.events e where e.stream = j.stream order by e.version desc limit 1), 0)
        );
        if cardinality(known) + cardinality(stale) > 0 then
            return;
        end if;
    end if;
    if cardinality(event_stream) > 0 then
        update {schema}.log_head h
        set position = h.position + cardinality(event_stream), recorded_at = greatest(clock_timestamp(), h.recorded_at)
        returning h.position - cardinality(event_stream), h.recorded_at into head, at;
        if clock_timestamp() > at + interval '1 ms' then -- whoever had the lock kept it for a while
            at := clock_timestamp();
            update {schema}.log_head set recorded_at = at;
        end if;
        insert into {schema}.events (position, stream, version, topic, recorded_at, state)
        select head + n, s, v, t, at, x
        from unnest(event_stream, event_version, event_topic, event_state) with ordinality u(s, v, t, x, n);
        perform pg_notify('{schema_name}', (head + cardinality(event_stream))::text);
    end if;
    insert into {schema}.commands (command_id, fingerprint, stream, version, position, events)
    select i, f, s, v, head + l, n
    from unnest(command_id, command_fingerprint, command_stream, command_version, command_last, command_events)
        u(i, f, s, v, l, n);
end
$$;
"""

LOG = {"log": LOG_TABLES, f"append {hashlib.sha256(APPEND.encode()).hexdigest()[:12]}": APPEND}
"""What makes a tenant's log, for ``make_once``; a newer release's function replaces that of an older one, for good."""


def schema_of(tenant: str) -> str:
    """The schema that holds everything of a tenant. Raises ValueError for a name that is none."""
    if not TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r}: use 1 to 40 lower-case letters, digits and underscores, a letter first")
    return f"{_PREFIX}{tenant}"


def tenants_with(connection: Connection, table: str) -> list[str]:
    """Every tenant of the database whose schema has a table of that name."""
    schemas = connection.execute(
        "select n.nspname from pg_namespace n join pg_class c on c.relnamespace = n.oid"
        " where c.relname = %s and starts_with(n.nspname, %s) order by 1",
        [table, _PREFIX],
    ).fetchall()
    names = [schema.removeprefix(_PREFIX) for (schema,) in schemas]
    return [name for name in names if TENANT.fullmatch(name)]


def make_once(connection: Connection, tenant: str, tables: dict[str, LiteralString]) -> list[str]:
    """Runs each named piece of DDL once in the tenant's life; returns the names that were new.

    ``{schema}`` in the text stands for the quoted schema, ``{schema_name}`` for its bare name. Any number of processes
    may call it at once.
    """
    name = schema_of(tenant)
    schema = sql.Identifier(name)
    made = []
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


def in_schema(text: LiteralString, name: str) -> sql.Composed:
    """The statement with every ``{schema}`` named."""
    return sql.SQL(text.replace("{schema_name}", name)).format(schema=sql.Identifier(name))


def grant_writer(connection: Connection, tenant: str, role: str) -> None:
    """Lets ``role`` read the log, add events and move the head: all that writing commands takes, and nothing else."""
    names = {"schema": sql.Identifier(schema_of(tenant)), "role": sql.Identifier(role)}
    for statement in (
        "grant usage on schema {schema} to {role}",
        "grant select, insert on {schema}.events, {schema}.commands to {role}",
        "grant select, update on {schema}.log_head to {role}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
