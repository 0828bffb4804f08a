"""The database roles: making them, granting their rights, and the address of each."""

import hashlib

from psycopg import Connection
from psycopg.conninfo import make_conninfo

from api.access_journal.tables import ACCESS_GRANTS
from api.api_keys import KEY_GRANTS
from api.embedded_postgres.server_socket import is_embedded
from api.screen_sessions import SESSION_GRANTS
from api.sealing.tree_store import TREE_GRANTS
from domain.event_log.advisory_locks import ROLES_LOCK
from domain.event_log.database_connections import ADMINISTRATION, connect, with_options
from domain.event_log.roles import AUDITING_ROLES, KEYKEEPER, LOG_GRANTS, OWNER, REPORTING_ROLES, ROLES
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.tables import make_once
from projections.engine.table_writer import grants_on
from projections.registry import PROJECTIONS

_SQL = sql_file("api", "database_roles.sql")
_GRANTS = "\n".join([LOG_GRANTS, KEY_GRANTS, SESSION_GRANTS, TREE_GRANTS, ACCESS_GRANTS, grants_on(PROJECTIONS)])
GRANTS: dict[str, str] = {f"grants {hashlib.sha256(_GRANTS.encode()).hexdigest()[:12]}": _GRANTS}
"""The rights of the roles in a tenant's schema, for ``make_once``."""


def make_roles(dsn: str) -> None:
    """Makes the missing roles and gives them the database's tenants. Any number of processes may call it at once.

    The login must be a superuser, or own the schemas and be allowed to create roles.
    """
    names = {
        "roles": ",".join((*ROLES, *AUDITING_ROLES, *REPORTING_ROLES)),
        "workers": ",".join((*ROLES, *AUDITING_ROLES)),
        "elsewhere": KEYKEEPER,
        "owner": OWNER,
        "login": "login" if is_embedded(dsn) else "nologin",
    }
    with connect(dsn, ADMINISTRATION) as connection:
        if connection.execute(_SQL["in place"].filled(**names)).fetchone() == (True,):
            return
        with ROLES_LOCK.in_transaction(connection):
            connection.execute(_SQL["make"].filled(**names))
            connection.execute(_SQL["adopt"].filled(**names))


def grant_roles(connection: Connection, tenant: str) -> None:
    """Grants the roles their rights in a tenant's schema, once for each state of these rights."""
    make_once(connection, tenant, GRANTS)


def grant_roles_again(connection: Connection, tenant: str) -> None:
    """Grants them again: a backup restored on another server says that they are granted, but holds no grants."""
    connection.execute(in_schema(_GRANTS, schema_of(tenant)))


def under(dsn: str, role: str) -> str:
    """The address under which a role works; the given one when there is no such role or its login is not a member.

    The login of the embedded server is the role itself. On another server the given login becomes the role.
    """
    with connect(dsn, ADMINISTRATION) as connection:
        row = connection.execute(_SQL["may become"].filled(), {"role": role}).fetchone()
    if row != (True,):
        return dsn
    return make_conninfo(dsn, user=role) if is_embedded(dsn) else with_options(dsn, f"-c role={role}")
