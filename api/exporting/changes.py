"""What changed after a position: the streams with newer events, and those whose rows depend on them."""

from collections.abc import Collection
from typing import LiteralString

from psycopg import sql

from api.exporting.snapshot import ExportSnapshot
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.customers.survivors import survivors
from projections.engine.projection import Enrichment, Projection

CHANGED: LiteralString = "pg_temp.streams_after"
"""The streams whose rows may differ from those at the earlier position: column ``stream``."""
CHANGED_CUSTOMERS: LiteralString = "pg_temp.customers_after"
"""The customers whose name or whose survivor may differ: column ``customer``."""


def find_changes(snapshot: ExportSnapshot, projections: Collection[Projection]) -> None:
    """Fills CHANGED and CHANGED_CUSTOMERS where the export has a position to begin after."""
    if not snapshot.after:
        return
    connection = snapshot.connection
    bounds = {"after": snapshot.after, "up_to": snapshot.position}
    connection.execute(_TABLES)
    connection.execute(_statement(snapshot.tenant, _STREAMS), bounds)
    for projection in projections:
        if projection.enrichment is not None:
            _add(snapshot, projection.enrichment)
    connection.execute(sql.SQL(_CUSTOMERS).format(survivors=survivors(snapshot.schema)))
    connection.execute(f"analyze {CHANGED}")
    connection.execute(f"analyze {CHANGED_CUSTOMERS}")


def _add(snapshot: ExportSnapshot, enrichment: Enrichment) -> None:
    """Adds the streams that a projection folds again because of newer events of related streams."""
    connection, tenant = snapshot.connection, snapshot.tenant
    topics = [event_type.topic for event_type in enrichment.related_types or ()]
    parameters = [snapshot.after, snapshot.position, topics, enrichment.related_types is None]
    related = {stream for (stream,) in connection.execute(_statement(tenant, _RELATED), parameters).fetchall()}
    rules = reader.rules(connection, tenant, snapshot.position)
    dependents = enrichment.dependents(connection, snapshot.schema, rules, related) if related else ()
    connection.execute(_ADD, [list(dependents)])


def _statement(tenant: str, statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(log=sql.Identifier(schema_of(tenant), "events"))


_TABLES = """
create temporary table streams_after (stream uuid primary key) on commit drop;
create temporary table customers_after (customer uuid primary key) on commit drop;
"""
_STREAMS: LiteralString = """
insert into pg_temp.streams_after
    select distinct stream from {log} where position > %(after)s and position <= %(up_to)s
"""
_RELATED: LiteralString = """
select distinct stream from {log} where position > %s and position <= %s and (topic = any(%s) or %s)
"""
_ADD = "insert into pg_temp.streams_after select unnest(%s::uuid[]) on conflict do nothing"
_CUSTOMERS = """
insert into pg_temp.customers_after
    with recursive {survivors}
    select stream as customer from pg_temp.streams_after
    union
    select customer from merges
    where exists (select from unnest(path) passed join pg_temp.streams_after on stream = passed)
"""
