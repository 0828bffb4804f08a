"""Which customers are in a segment, as it was at an instant, for due instances of its members alone."""

from collections.abc import Collection, Mapping
from uuid import UUID

from psycopg import Connection

from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect
from domain.due.instance import Among
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import health_at, in_segment


def members_of(
    connection: Connection, tenant: str, wanted: Mapping[Among, Collection[UUID]]
) -> dict[Among, frozenset[UUID]]:
    """Those of the customers who are in each segment; nobody is in one that was not in effect then."""
    if not wanted:
        return {}
    customers = {customer for some in wanted.values() for customer in some}
    source = Source(connection, tenant, schema_of(tenant), reader.head(connection, tenant))
    gathered = GatheredCustomers(source, customers)
    return {among: frozenset(_members(gathered, among, some)) for among, some in wanted.items()}


def _members(gathered: GatheredCustomers, among: Among, customers: Collection[UUID]) -> list[UUID]:
    try:
        segment = definition_in_effect(gathered.definitions, SEGMENT, among.at, among.segment).body
    except LookupError:
        return []
    return [
        customer
        for customer in customers
        if (summary := gathered.summary(customer, among.at)) is not None
        and in_segment(
            segment,
            summary,
            lambda: health_at(gathered, summary),
        )
    ]
