"""The database roles that the program works under, and what they may do with a tenant's log."""

from typing import LiteralString

from psycopg import Connection, sql

from domain.event_log.schema import schema_of

OWNER = "ticketledger_owner"
"""Owns the schemas and their functions; makes and changes tables."""
DESK = "ticketledger_desk"
"""Records commands: calls the functions, reads the log and the keys, writes no table."""
FOLLOWER = "ticketledger_follower"
"""Writes projections: reads the log."""
READER = "ticketledger_reader"
"""Reads the log and the projections."""
ROLES = (OWNER, DESK, FOLLOWER, READER)

_WRITER_GRANTS: LiteralString = """
grant usage on schema {schema} to {role};
grant select on {schema}.log_head, {schema}.events, {schema}.commands, {schema}.snapshots,
    {schema}.projection_positions, {schema}.migrations to {role};
grant execute on function {schema}.append, {schema}.keep_snapshots to {role};
"""

LOG_GRANTS: LiteralString = (
    _WRITER_GRANTS.replace("{role}", "ticketledger_desk")
    + """
revoke all on function {schema}.append, {schema}.keep_snapshots from public;
grant usage on schema {schema} to ticketledger_follower, ticketledger_reader;
grant select on {schema}.log_head, {schema}.events, {schema}.projection_positions, {schema}.migrations
    to ticketledger_follower, ticketledger_reader;
grant update on {schema}.projection_positions to ticketledger_follower;
"""
)


def roles_exist(connection: Connection) -> bool:
    """Whether the server has the roles: `migrate --roles` makes them."""
    found = connection.execute("select count(*) from pg_roles where rolname = any(%s)", [list(ROLES)]).fetchone()
    return found == (len(ROLES),)


def grant_writer(connection: Connection, tenant: str, role: str) -> None:
    """Lets ``role`` read the log and call the functions that write it: all that recording commands takes."""
    names = {"schema": sql.Identifier(schema_of(tenant)), "role": sql.Identifier(role)}
    connection.execute(sql.SQL(_WRITER_GRANTS).format(**names))
