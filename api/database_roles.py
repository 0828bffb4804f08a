"""The database roles: making them, and the address of each."""

from psycopg.conninfo import make_conninfo

from api.embedded_postgres.server_socket import is_embedded
from domain.event_log.advisory_locks import ROLES_LOCK
from domain.event_log.database_connections import ADMINISTRATION, connect, with_options
from domain.event_log.roles import AUDITING_ROLES, KEYKEEPER, OWNER, REPORTING_ROLES, ROLES
from domain.event_log.sql_files import sql_file
from domain.event_log.table_locks import in_turns, wait_briefly

_SQL = sql_file("api", "database_roles.sql")


def make_roles(dsn: str) -> None:
    """Makes the missing roles and gives them the database's tenants. Any number of processes may call it at once.

    The login must be a superuser, or own the schemas and be allowed to create roles. Raises TablesHeld.
    """
    names = {
        "roles": ",".join((*ROLES, *AUDITING_ROLES, *REPORTING_ROLES)),
        "workers": ",".join((*ROLES, *AUDITING_ROLES)),
        "lockers": ",".join(ROLES),
        "others": ",".join((*AUDITING_ROLES, *REPORTING_ROLES)),
        "elsewhere": KEYKEEPER,
        "owner": OWNER,
        "login": "login" if is_embedded(dsn) else "nologin",
    }
    with connect(dsn, ADMINISTRATION) as connection:

        def make() -> None:
            with ROLES_LOCK.in_transaction(connection):
                wait_briefly(connection)
                connection.execute(_SQL["make"].filled(**names))
                connection.execute(_SQL["adopt"].filled(**names))
                if is_embedded(dsn):
                    connection.execute(_SQL["confine"].filled(**names))

        if connection.execute(_SQL["in place"].filled(**names)).fetchone() != (True,):
            in_turns(connection, make)


def under(dsn: str, role: str) -> str:
    """The address under which a role works; the given one when there is no such role or its login is not a member.

    The login of the embedded server is the role itself. On another server the given login becomes the role.
    """
    with connect(dsn, ADMINISTRATION) as connection:
        row = connection.execute(_SQL["may become"].filled(), {"role": role}).fetchone()
    if row != (True,):
        return dsn
    return make_conninfo(dsn, user=role) if is_embedded(dsn) else with_options(dsn, f"-c role={role}")
