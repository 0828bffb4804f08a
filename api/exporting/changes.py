"""What changed after a position: the streams with newer events, and those whose rows depend on them."""

from collections.abc import Collection
from typing import LiteralString

from psycopg import sql

from api.exporting.snapshot import Snapshot
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.customers.survivors import survivors
from projections.engine.projection import Projection

CHANGED: LiteralString = "pg_temp.changed_streams"
"""The streams whose rows may differ from those at the earlier position: column ``stream``."""
CHANGED_CUSTOMERS: LiteralString = "pg_temp.changed_customers"
"""The customers whose name or whose survivor may differ: column ``customer``."""


def find_changes(snapshot: Snapshot, projections: Collection[Projection]) -> None:
    """Fills CHANGED and CHANGED_CUSTOMERS where the export has a position to begin after."""
    if not snapshot.after:
        return
    connection, names = snapshot.connection, {"log": sql.Identifier(schema_of(snapshot.tenant), "events")}
    bounds = {"after": snapshot.after, "up_to": snapshot.position}
    connection.execute(_TABLES)
    connection.execute(sql.SQL(_STREAMS).format(**names), bounds)
    for projection in projections:
        if projection.enrichment is not None:
            _add(snapshot, projection)
    connection.execute(sql.SQL(_CUSTOMERS).format(survivors=survivors(snapshot.schema)))
    connection.execute(f"analyze {CHANGED}")
    connection.execute(f"analyze {CHANGED_CUSTOMERS}")


def _add(snapshot: Snapshot, projection: Projection) -> None:
    """Adds the streams that the newer events make a projection fold again."""
    connection, tenant, enrichment = snapshot.connection, snapshot.tenant, projection.enrichment
    assert enrichment is not None  # noqa: S101 -- find_changes asks
    topics = [event_type.topic for event_type in enrichment.related_types or ()]
    which = "where position > %s and position <= %s and (topic = any(%s) or %s) order by position"
    parameters = [snapshot.after, snapshot.position, topics, enrichment.related_types is None]
    rows = connection.execute(reader.select_where(tenant, which), parameters, binary=True).fetchall()
    rules = reader.rules(connection, tenant, snapshot.position)
    dependents = enrichment.dependents(connection, snapshot.schema, rules, reader.decode_rows(rows))
    connection.execute(f"insert into {CHANGED} select unnest(%s::uuid[]) on conflict do nothing", [list(dependents)])


_TABLES = """
create temporary table changed_streams (stream uuid primary key) on commit drop;
create temporary table changed_customers (customer uuid primary key) on commit drop;
"""
_STREAMS = """
insert into pg_temp.changed_streams
    select distinct stream from {log} where position > %(after)s and position <= %(up_to)s
"""
_CUSTOMERS = """
insert into pg_temp.changed_customers
    with recursive {survivors}
    select stream as customer from pg_temp.changed_streams
    union
    select customer from merges
    where exists (select from unnest(path) passed join pg_temp.changed_streams on stream = passed)
"""
