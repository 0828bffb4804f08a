"""How people call the customers and tickets that events name by their ids."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from domain.event_log.schema import schema_of
from domain.ids import canonical
from projections.audit.sentences import DescribedEvent
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS, StoredCustomer
from projections.point_in_time.readings import rows_of_streams_as_they_were
from projections.tickets.queries import number_of, numbers_of
from projections.tickets.table import TICKETS, StoredTicket


def names_in(
    connection: Connection,
    tenant: str,
    entries: Iterable[DescribedEvent],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> Mapping[str, str]:
    """The names of customers and the numbers of tickets, by the ids that the entries hold, as they were by then."""
    ids = {each for entry in entries for each in _ids(entry.actor, *entry.facts.values())}
    if not ids:
        return {}
    if known_at is None and as_of is None:
        schema = schema_of(tenant)
        named = {**names_of(connection, schema, ids), **numbers_of(connection, schema, ids)}
        return {str(each): name for each, name in named.items() if name}
    names: dict[str, str] = {}
    for projection in (CUSTOMERS, TICKETS):
        for row in rows_of_streams_as_they_were(connection, tenant, projection, ids, known_at=known_at, as_of=as_of):
            if isinstance(row, StoredTicket):
                names[str(row.ticket)] = number_of(row)
            elif isinstance(row, StoredCustomer) and row.name:
                names[str(row.customer)] = row.name
    return names


def _ids(*values: object) -> Iterable[UUID]:
    for value in values:
        if isinstance(value, str):
            try:
                yield UUID(str(canonical(value)))
            except ValueError:
                continue
