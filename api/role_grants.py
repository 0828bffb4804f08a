"""The rights of the database roles in a tenant's schema."""

import hashlib

from psycopg import Connection

from api.access_journal.tables import ACCESS_GRANTS
from api.api_keys import KEY_GRANTS
from api.screen_sessions import SESSION_GRANTS
from api.sealing.tree_store import TREE_GRANTS
from domain.event_log.roles import LOG_GRANTS
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.tables import make_once
from projections.engine.table_writer import grants_on
from projections.registry import PROJECTIONS

_GRANTS = "\n".join([LOG_GRANTS, KEY_GRANTS, SESSION_GRANTS, TREE_GRANTS, ACCESS_GRANTS, grants_on(PROJECTIONS)])
GRANTS: dict[str, str] = {f"grants {hashlib.sha256(_GRANTS.encode()).hexdigest()[:12]}": _GRANTS}
"""The rights of the roles in a tenant's schema, for ``make_once``."""


def grant_roles(connection: Connection, tenant: str) -> None:
    """Grants the roles their rights in a tenant's schema, once for each state of these rights."""
    make_once(connection, tenant, GRANTS)


def grant_roles_again(connection: Connection, tenant: str) -> None:
    """Grants them again: a backup restored on another server says that they are granted, but holds no grants."""
    connection.execute(in_schema(_GRANTS, schema_of(tenant)))
