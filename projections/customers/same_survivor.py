"""The customers with the same survivor as a customer: one person in all its records, now or at another instant."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from psycopg import Connection

from domain.customer import events as e
from domain.customer.survivors import merged_into
from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file
from projections.point_in_time.readings import histories_as_they_were

_SQL = sql_file("projections.customers", "merging.sql")
Histories = Mapping[UUID, Sequence[RecordedEvent]]
_OF_IDENTITY = (
    e.CustomerRegistered, e.CustomerMerged, e.CustomerMergeUndone, e.CustomerAbsorbed, e.CustomerAbsorptionUndone,
)  # fmt: skip


def same_survivor(connection: Connection, schema: str, customer: UUID) -> list[UUID]:
    """The survivor first, then the customers that are merged into it, directly or not; none for an unknown customer."""
    statement = _SQL["same survivor"].filled(schema=schema)
    return [same for (same,) in connection.execute(statement, {"customer": customer}).fetchall()]


def same_survivor_as_it_was(
    connection: Connection,
    tenant: str,
    customer: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[UUID]:
    """The same at another instant, by the events of the streams concerned."""

    histories = partial(_histories, connection, tenant, known_at=known_at, as_of=as_of)
    return _with_absorbed(_survivor(customer, histories), histories) if histories([customer]) else []


def survivor_as_it_was(
    connection: Connection, tenant: str, customer: UUID, *, known_at: datetime | None, as_of: datetime | None
) -> UUID:
    """The survivor of a customer at another instant."""
    return _survivor(customer, partial(_histories, connection, tenant, known_at=known_at, as_of=as_of))


def _histories(
    connection: Connection,
    tenant: str,
    customers: Collection[UUID],
    *,
    known_at: datetime | None,
    as_of: datetime | None,
) -> Histories:
    """The events by which some customers are registered, merged and taken apart, by then."""
    return histories_as_they_were(
        connection, tenant, customers, known_at=known_at, as_of=as_of, event_types=_OF_IDENTITY
    )


def _survivor(customer: UUID, histories: Callable[[Collection[UUID]], Histories]) -> UUID:
    survivor, seen = customer, {customer}
    while (into := merged_into(histories([survivor]).get(survivor, []))) is not None and into not in seen:
        survivor = into
        seen.add(into)
    return survivor


def _with_absorbed(survivor: UUID, histories: Callable[[Collection[UUID]], Histories]) -> list[UUID]:
    """The survivor and everybody whom it absorbed, directly and then through others; one reading for each step."""
    together = {survivor: None}
    step = [survivor]
    while step:
        absorbed = [other for history in histories(step).values() for other in _absorbed_in(history)]
        step = [other for other in dict.fromkeys(absorbed) if other not in together]
        together |= dict.fromkeys(step)
    return list(together)


def _absorbed_in(history: Sequence[RecordedEvent]) -> Collection[UUID]:
    absorbed: dict[UUID, None] = {}
    for event in history:
        match event.payload:
            case e.CustomerAbsorbed(customer_id=other):
                absorbed[other] = None
            case e.CustomerAbsorptionUndone(customer_id=other):
                absorbed.pop(other, None)
            case _:
                pass
    return absorbed
