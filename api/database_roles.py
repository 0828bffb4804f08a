"""Making the database roles, and the addresses under which each kind of work is done."""

import hashlib
from typing import LiteralString

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from api.api_keys import KEY_GRANTS
from api.embedded_postgres.server_socket import is_embedded
from domain.event_log.address import with_options
from domain.event_log.roles import LOG_GRANTS, OWNER, ROLES
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.tables import make_once
from projections.engine.table_writer import grants_on
from projections.registry import PROJECTIONS

_MAKE: LiteralString = """
do $$
declare
    name text;
begin
    foreach name in array array[{roles}] loop
        begin
            if not exists (select from pg_roles where rolname = name) then
                execute format('create role %I {login}', name);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- made for another database of the server at the same moment
        end;
        if not pg_has_role(current_user, name, 'usage') then
            execute format('grant %I to current_user', name);
        end if;
    end loop;
    execute format('grant create on database %I to {owner}', current_database());
    execute format('grant connect, temporary on database %I to ' || {names}, current_database());
end
$$
"""

_IN_PLACE: LiteralString = """
select count(*) = {count} and bool_and(has_database_privilege(r.oid, current_database(), 'connect, temporary'))
    and bool_or(r.rolname = {owner_name} and has_database_privilege(r.oid, current_database(), 'create'))
    and not exists (
        select from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'log_head'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(n.nspowner) <> {owner_name}
    )
from pg_roles r where r.rolname in ({roles})
"""

_ADOPT: LiteralString = """
do $$
declare
    thing record;
begin
    for thing in
        select format('alter schema %I owner to {owner}', n.nspname) as statement
        from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'log_head'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(n.nspowner) <> {owner_name}
        union all
        select format('alter table %I.%I owner to {owner}', n.nspname, c.relname)
        from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(c.relowner) <> {owner_name}
        union all
        select format('alter function %s owner to {owner}', p.oid::regprocedure)
        from pg_namespace n join pg_proc p on p.pronamespace = n.oid
        where starts_with(n.nspname, 'tenant_') and pg_get_userbyid(p.proowner) <> {owner_name}
    loop
        execute thing.statement;
    end loop;
end
$$
"""

_GRANTS: LiteralString = LOG_GRANTS + KEY_GRANTS + grants_on(PROJECTIONS)
GRANTS: dict[str, LiteralString] = {f"grants {hashlib.sha256(_GRANTS.encode()).hexdigest()[:12]}": _GRANTS}
"""What the roles may do in a tenant's schema, for ``make_once``."""


def make_roles(dsn: str) -> None:
    """Makes the roles that are missing and gives them the database's tenants; any number of processes may call it.

    The address must be a superuser's, or that of the schemas' owner who may create roles.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute(_filled(_IN_PLACE)).fetchone() == (True,):
            return
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtextextended('ticketledger roles', 0))")
            connection.execute(_filled(_MAKE, login="login" if is_embedded(dsn) else "nologin"))
            connection.execute(_filled(_ADOPT))


def grant_roles(connection: Connection, tenant: str) -> None:
    """Gives the roles their rights in a tenant's schema, once for each state of these rights."""
    make_once(connection, tenant, GRANTS)


def grant_roles_again(connection: Connection, tenant: str) -> None:
    """The same whatever was done before: a backup that is restored elsewhere knows of the grants, but has them not."""
    connection.execute(in_schema(_GRANTS, schema_of(tenant)))


def under(dsn: str, role: str) -> str:
    """The address under which a role's work is done; the same address where the role is not there or not for it.

    The server brought along is logged in to as the role; another one by the address's login, which becomes the role.
    """
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select pg_has_role(session_user, to_regrole(%s), 'member')", [role]).fetchone()
    if row != (True,):
        return dsn
    return make_conninfo(dsn, user=role) if is_embedded(dsn) else with_options(dsn, f"-c role={role}")


def _filled(text: LiteralString, login: LiteralString = "") -> sql.Composed:
    literals = sql.SQL(", ").join(map(sql.Literal, ROLES))
    return sql.SQL(text.replace("{login}", login)).format(
        roles=literals,
        owner=sql.SQL("ticketledger_owner"),
        owner_name=sql.Literal(OWNER),
        count=sql.Literal(len(ROLES)),
        names=sql.Literal(", ".join(ROLES)),
    )
