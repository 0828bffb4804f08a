"""The tenants of a database, by their schemas."""

from psycopg import Connection

from domain.event_log.schema import PREFIX, TENANT, schema_of
from domain.event_log.sql_files import sql_file

_SQL = sql_file("domain.event_log", "queries.sql")


def tenants_with(connection: Connection, table: str) -> list[str]:
    """Every tenant of the database whose schema has a table of that name and may be used by this role."""
    schemas = connection.execute(_SQL["tenants"].filled(), {"table": table, "prefix": PREFIX}).fetchall()
    names = [schema.removeprefix(PREFIX) for (schema,) in schemas]
    return [name for name in names if TENANT.fullmatch(name)]


def has_table(connection: Connection, tenant: str, table: str) -> bool:
    """Whether a tenant has a table and this role may use its schema."""
    parameters = {"tenant_schema": schema_of(tenant), "table": table}
    return connection.execute(_SQL["has table"].filled(), parameters).fetchone() == (True,)


def owns(connection: Connection, tenant: str) -> bool:
    """Whether this role may change the tenant's tables."""
    statement = "select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = %s"
    return connection.execute(statement, [schema_of(tenant)]).fetchone() == (True,)
