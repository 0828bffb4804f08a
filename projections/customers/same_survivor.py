"""The customers with the same survivor as a customer: one person in all its records, now or at another instant."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql

from domain.customer import events as e
from domain.customer.survivors import merged_into
from domain.envelope import RecordedEvent
from projections.engine.point_in_time import histories_as_they_were

_SAME = """
with recursive
    up (customer, into_, path) as (
        select customer, merged_into, array[customer] from {customers} where customer = %(customer)s
        union all
        select c.customer, c.merged_into, up.path || c.customer
        from up join {customers} c on c.customer = up.into_ where not c.customer = any(up.path)
    ),
    down (customer, path) as (
        select customer, array[customer] from (select customer from up order by array_length(path, 1) desc limit 1) top
        union all
        select c.customer, down.path || c.customer
        from down join {customers} c on c.merged_into = down.customer where not c.customer = any(down.path)
    )
select customer from down
"""


def same_survivor(connection: Connection, schema: str, customer: UUID) -> list[UUID]:
    """The survivor first, then the customers that are merged into it, directly or not; none for an unknown customer."""
    statement = sql.SQL(_SAME).format(customers=sql.Identifier(schema, "customers"))
    return [found for (found,) in connection.execute(statement, {"customer": customer}).fetchall()]


def same_survivor_as_it_was(
    connection: Connection,
    tenant: str,
    customer: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[UUID]:
    """The same at another instant, by the events of the streams concerned."""

    def history(one: UUID) -> list[RecordedEvent]:
        found = histories_as_they_were(connection, tenant, [one], known_at=known_at, as_of=as_of)
        return found.get(one, [])

    return _with_absorbed(_survivor(customer, history), history) if history(customer) else []


def survivor_as_it_was(
    connection: Connection, tenant: str, customer: UUID, *, known_at: datetime | None, as_of: datetime | None
) -> UUID:
    """The survivor of a customer at another instant."""

    def history(one: UUID) -> list[RecordedEvent]:
        found = histories_as_they_were(connection, tenant, [one], known_at=known_at, as_of=as_of)
        return found.get(one, [])

    return _survivor(customer, history)


def _survivor(customer: UUID, history: Callable[[UUID], list[RecordedEvent]]) -> UUID:
    survivor, seen = customer, {customer}
    while (into := merged_into(history(survivor))) is not None and into not in seen:
        survivor = into
        seen.add(into)
    return survivor


def _with_absorbed(survivor: UUID, history: Callable[[UUID], list[RecordedEvent]]) -> list[UUID]:
    found = [survivor]
    for customer in found:  # it grows
        absorbed: dict[UUID, None] = {}
        for event in history(customer):
            match event.payload:
                case e.CustomerAbsorbed(customer_id=other):
                    absorbed[other] = None
                case e.CustomerAbsorptionUndone(customer_id=other):
                    absorbed.pop(other, None)
                case _:
                    pass
        found += [other for other in absorbed if other not in found]
    return found
