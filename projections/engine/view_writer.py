"""Makes the views of a tenant.

A view that exists is replaced in its place: its grants and whatever reads it stay.
"""

import hashlib
from collections.abc import Iterator, Sequence

from psycopg import Connection, sql
from psycopg.errors import InvalidTableDefinition

from domain.event_log.advisory_locks import schema_lock
from domain.event_log.roles import REPORTING, REPORTING_PERSONAL
from domain.event_log.schema import schema_of
from domain.event_log.table_locks import in_turns, wait_briefly
from projections.engine.view import View, schema_of_views

_READERS = {False: (REPORTING, REPORTING_PERSONAL), True: (REPORTING_PERSONAL,)}
"""The roles that may read the views without and with personal data."""
_MARK = "Views of ticketledger, definition "


def make_views(connection: Connection, tenant: str, views: Sequence[View]) -> None:
    """Makes the views unless they are those that exist. Any number of processes may call it at once.

    Raises TablesHeld.
    """

    def make() -> None:
        with schema_lock(tenant).in_transaction(connection):
            wait_briefly(connection)
            if not views_are_current(connection, tenant, views):
                write_views(connection, tenant, views)

    if not views_are_current(connection, tenant, views):
        in_turns(connection, make)


def views_are_current(connection: Connection, tenant: str, views: Sequence[View]) -> bool:
    """Whether the tenant has exactly these views."""
    statement = "select obj_description(to_regnamespace(%s), 'pg_namespace')"
    return connection.execute(statement, [schema_of_views(tenant)]).fetchone() == (_mark(views),)


def write_views(connection: Connection, tenant: str, views: Sequence[View]) -> None:
    """Makes or replaces the views, and drops those of another release. Their tables must be there.

    The connection is in a transaction. A view of another release with other columns is dropped, with what reads it.
    """
    with schema_lock(tenant).in_transaction(connection):
        if views_are_current(connection, tenant, views):  # as they are, over other tables
            connection.execute(sql.SQL("; ").join(_definition(tenant, view) for view in views))
        else:
            _write_all(connection, tenant, views)


def locks_of_views(connection: Connection, tenant: str) -> list[sql.Composed]:
    """Statements that keep readers from the tenant's views until the transaction ends.

    A reader of a view locks the view, then its tables. Whoever exchanges tables must lock in that order too: otherwise
    they wait for each other.
    """
    return [
        sql.SQL("alter view {} reset (security_barrier)").format(sql.Identifier(schema, name))  # not its tables
        for schema in (schema_of_views(tenant, personal=personal) for personal in (False, True))
        for name in sorted(_existing(connection, schema))
    ]


def _write_all(connection: Connection, tenant: str, views: Sequence[View]) -> None:
    schemas = {personal: schema_of_views(tenant, personal=personal) for personal in (False, True)}
    for schema in schemas.values():
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    for personal, schema in schemas.items():
        _drop_others(connection, schema, {view.name for view in views if view.personal == personal})
    for view in views:
        _write(connection, tenant, view)
    grant_views(connection, tenant)
    mark = sql.SQL("comment on schema {} is {}")
    connection.execute(mark.format(sql.Identifier(schemas[False]), sql.Literal(_mark(views))))


def grant_views(connection: Connection, tenant: str) -> None:
    """Lets the reporting roles that exist read the views."""
    roles = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for personal, readers in _READERS.items():
        schema = sql.Identifier(schema_of_views(tenant, personal=personal))
        for role in map(sql.Identifier, sorted(roles.intersection(readers))):
            connection.execute(sql.SQL("grant usage on schema {} to {}").format(schema, role))
            connection.execute(sql.SQL("grant select on all tables in schema {} to {}").format(schema, role))


def _drop_others(connection: Connection, schema: str, kept: set[str]) -> None:
    for name in _existing(connection, schema) - kept:
        connection.execute(sql.SQL("drop view if exists {} cascade").format(sql.Identifier(schema, name)))


def _existing(connection: Connection, schema: str) -> set[str]:
    statement = "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind = 'v'"
    return {name for (name,) in connection.execute(statement, [schema])}


def _write(connection: Connection, tenant: str, view: View) -> None:
    statement = _definition(tenant, view)
    try:
        with connection.transaction():
            connection.execute(statement)
    except InvalidTableDefinition:  # columns are missing that a later release has
        connection.execute(sql.SQL("drop view {} cascade").format(_name(tenant, view)))
        connection.execute(statement)
    connection.execute(sql.SQL("").join(_comments(tenant, view)))


def _definition(tenant: str, view: View) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, view.columns))
    statement = sql.SQL("create or replace view {} ({}) as {}")
    return statement.format(_name(tenant, view), columns, view.select(schema_of(tenant)))


def _comments(tenant: str, view: View) -> Iterator[sql.Composed]:
    name = _name(tenant, view)
    yield sql.SQL("comment on view {} is {};").format(name, sql.Literal(view.comment))
    for column, comment in view.columns.items():
        yield sql.SQL("comment on column {}.{} is {};").format(name, sql.Identifier(column), sql.Literal(comment))


def _name(tenant: str, view: View) -> sql.Identifier:
    return sql.Identifier(schema_of_views(tenant, personal=view.personal), view.name)


def _mark(views: Sequence[View]) -> str:
    described = [(view.personal, view.name, view.comment, view.columns, view.definition) for view in views]
    return _MARK + hashlib.sha256(repr(described).encode()).hexdigest()[:12]
