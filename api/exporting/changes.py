"""What changed after a position: the streams with newer events, and those whose rows depend on them."""

from collections.abc import Collection
from typing import LiteralString

from api.exporting.snapshot import ExportSnapshot
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from projections.customers.survivors import survivors
from projections.engine.projection import Enrichment, Projection

_SQL = sql_file("api.exporting", "exporting.sql")
CHANGED: LiteralString = "pg_temp.streams_after"
"""The streams whose rows may differ from those at the earlier position: column ``stream``."""
CHANGED_CUSTOMERS: LiteralString = "pg_temp.customers_after"
"""The customers whose name or whose survivor may differ: column ``customer``."""


def find_changes(snapshot: ExportSnapshot, projections: Collection[Projection]) -> None:
    """Fills CHANGED and CHANGED_CUSTOMERS where the export has a position to begin after; the log itself needs none."""
    if not (snapshot.after and projections):
        return
    connection = snapshot.connection
    bounds = {"after": snapshot.after, "up_to": snapshot.position}
    connection.execute(_SQL["tables of changes"].filled())
    connection.execute(_SQL["changed streams"].of(snapshot.tenant), bounds)
    for projection in projections:
        if projection.enrichment is not None:
            _add(snapshot, projection.enrichment)
    connection.execute(_SQL["changed customers"].composed(snapshot.schema, survivors=survivors(snapshot.schema)))
    connection.execute(f"analyze {CHANGED}")
    connection.execute(f"analyze {CHANGED_CUSTOMERS}")


def _add(snapshot: ExportSnapshot, enrichment: Enrichment) -> None:
    """Adds the streams that a projection folds again because of newer events of related streams."""
    connection, tenant = snapshot.connection, snapshot.tenant
    topics = [event_type.topic for event_type in enrichment.related_types or ()]
    parameters = {
        "after": snapshot.after,
        "up_to": snapshot.position,
        "topics": topics,
        "all": enrichment.related_types is None,
    }
    related = {stream for (stream,) in connection.execute(_SQL["related"].of(tenant), parameters).fetchall()}
    rules = reader.rules(connection, tenant, snapshot.position)
    dependents = enrichment.dependents(connection, snapshot.schema, rules, related) if related else ()
    connection.execute(_ADD, [list(dependents)])


_ADD = "insert into pg_temp.streams_after select unnest(%s::uuid[]) on conflict do nothing"
