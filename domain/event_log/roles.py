"""The database roles: those that the program works under, what they may do with a tenant's log, and those of others."""

from psycopg import Connection

from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file

OWNER = "ticketledger_owner"
"""Owns the schemas and their functions; makes and changes tables."""
DESK = "ticketledger_desk"
"""Records commands: calls the functions, reads the log and the keys, writes no table."""
FOLLOWER = "ticketledger_follower"
"""Reads the log and writes projections."""
READER = "ticketledger_reader"
"""Reads the log and the projections."""
ROLES = (OWNER, DESK, FOLLOWER, READER)
SEALER = "ticketledger_sealer"
"""Reads the log and the access journal, and writes the tree through its functions."""
AUDITOR = "ticketledger_auditor"
"""Selects from every table of the tenants, but for the secrets of keys, and changes nothing."""
AUDITING_ROLES = (AUDITOR, SEALER)
KEYKEEPER = "ticketledger_keykeeper"
"""Works in the database of the encryption keys, and has no right in that of the tenants."""
REPORTING = "ticketledger_reporting"
"""Reads the views without personal data, and nothing else."""
REPORTING_PERSONAL = "ticketledger_reporting_personal"
"""Reads all views, and nothing else."""
REPORTING_ROLES = (REPORTING, REPORTING_PERSONAL)

_SQL = sql_file("domain.event_log", "roles.sql")
LOG_GRANTS: str = "\n".join([_SQL["writer"].text.replace(':"role"', DESK), _SQL["readers"].text, _SQL["auditing"].text])
"""The rights of the roles in a log, as text for ``in_schema``."""


def if_role_exists(role: str, grants: str) -> str:
    """Grants as a text that does nothing on a server without the role: `migrate --roles` of an older release ran."""
    return f"do $$ begin if to_regrole('{role}') is not null then {grants} end if; end $$;"


def roles_exist(connection: Connection) -> bool:
    """Whether the server has the roles: `migrate --roles` makes them."""
    row = connection.execute("select count(*) from pg_roles where rolname = any(%s)", [list(ROLES)]).fetchone()
    return row == (len(ROLES),)


def grant_writer(connection: Connection, tenant: str, role: str) -> None:
    """Lets ``role`` read the log and call the functions that write it."""
    connection.execute(_SQL["writer"].filled(schema=schema_of(tenant), role=role))
