"""How people call the customers and tickets that entries of the history name by their ids."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from psycopg import Connection

from domain.customer.events import CustomerDetailsChanged, CustomerRegistered
from domain.envelope import RecordedEvent
from domain.event_log.schema import schema_of
from domain.ids import canonical, short_reference
from domain.ticket.events import TicketReceived
from projections.audit.field_types import names_a_stream
from projections.audit.sentences import DescribedEvent
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.point_in_time.readings import histories_as_they_were
from projections.tickets.queries import numbers_of
from projections.tickets.table import TICKETS

NAMED_IN: tuple[Projection, ...] = (CUSTOMERS, TICKETS)
"""The projections from which names are read."""
MOST_NAMED = 2_000
"""Ids of one page that are looked up; the ids after them stay ids."""
_NAMING = (CustomerRegistered, CustomerDetailsChanged, TicketReceived)


def names_of_entries(
    connection: Connection,
    tenant: str,
    entries: Iterable[DescribedEvent],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> Mapping[str, str]:
    """The names of customers and the numbers of tickets, by the ids that the entries hold, as they were by then.

    At another instant only the events that name are loaded, of all ids at once.
    """
    ids = set(islice(dict.fromkeys(each for entry in entries for each in _ids_in(entry)), MOST_NAMED))
    if not ids:
        return {}
    if known_at is None and as_of is None:
        schema = schema_of(tenant)
        named = {**names_of(connection, schema, ids), **numbers_of(connection, schema, ids)}
        return {str(each): name for each, name in named.items() if name}
    histories = histories_as_they_were(connection, tenant, ids, known_at=known_at, as_of=as_of, event_types=_NAMING)
    return {str(stream): _name_in(history) for stream, history in histories.items()}


def _name_in(history: Sequence[RecordedEvent]) -> str:
    """The name that a customer has after these events, or the number of a ticket."""
    last = history[-1]
    if isinstance(last.payload, TicketReceived):
        return last.payload.external_reference or short_reference(last.stream)
    name: str = last.payload.name
    return name


def _ids_in(entry: DescribedEvent) -> Iterable[UUID]:
    """The ids of the actor and of the fields that hold ids, those in lists too."""
    yield from _as_id(entry.actor)
    for field, value in entry.facts.items():
        if names_a_stream(entry.topic, field):
            for each in value if isinstance(value, list) else [value]:
                yield from _as_id(each)


def _as_id(value: object) -> Iterable[UUID]:
    """The value where it is an id."""
    if isinstance(value, str):
        try:
            yield UUID(str(canonical(value)))
        except ValueError:
            return
