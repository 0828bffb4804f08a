"""Customers by id and by page, with their addresses and memberships."""

from collections.abc import Collection, Sequence
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from typing import LiteralString
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass
from pydantic_core import from_json

from projections.customers.table import TENANT_SCOPE, StoredAddress, StoredCustomer, StoredMembership
from projections.engine.projection import Row
from projections.engine.table import column_names
from projections.scope.filters import MOST


class Address(BaseModel):
    """A channel and the handle by which the customer is reached there. ``scope`` None is the tenant."""

    model_config = ConfigDict(frozen=True)

    channel: str
    handle: str
    scope: str | None = None
    trust: str = "seen"
    shared: bool = False


class OrganisationMembership(BaseModel):
    """An organisation to which the person belongs."""

    model_config = ConfigDict(frozen=True)

    organisation: UUID
    role: str | None
    main: bool
    since: datetime


@dataclass(slots=True)
class CustomerRow(StoredCustomer):
    """A customer as they are. ``registered_at`` is when it happened (UTC); ``version`` that of the stream.

    ``asked`` is the merged customer that was asked for, where this one is its survivor. ``over_limit`` are the channels
    of which the customer has more addresses than the rules of identity give.
    """

    details: dict[str, str]  # type: ignore[assignment]  # the row holds it as text
    addresses: list[Address]
    memberships: list[OrganisationMembership]
    asked: UUID | None = None
    over_limit: list[str] = field(default_factory=list)


def customer(connection: Connection, schema: str, customer_id: UUID) -> CustomerRow | None:
    """One customer, merged or not; None when nobody has that id."""
    rows = customers_of(connection, schema, [customer_id])
    return rows[0] if rows else None


def customers_of(connection: Connection, schema: str, ids: Collection[UUID]) -> list[CustomerRow]:
    """Some customers in the order of their ids as given; an unknown one is absent."""
    if len(ids) == 1:  # the server reuses the plan, as it does not for an array
        return _select(connection, schema, "where customer = %(id)s", {"id": next(iter(ids))})
    which = "where customer = any(%(ids)s) order by array_position(%(ids)s::uuid[], customer)"
    return _select(connection, schema, which, {"ids": list(ids)})


def customer_in(rows: Sequence[Row]) -> CustomerRow | None:
    """The same from the rows of one stream."""
    stored = next((row for row in rows if isinstance(row, StoredCustomer)), None)
    if stored is None:
        return None
    addresses = [
        Address(
            channel=row.channel,
            handle=row.handle,
            scope=None if row.scope == TENANT_SCOPE else row.scope,
            trust=row.trust,
            shared=row.shared,
        )
        for row in rows
        if isinstance(row, StoredAddress)
    ]
    memberships = [
        OrganisationMembership(organisation=row.organisation, role=row.role, main=row.main, since=row.since)
        for row in rows
        if isinstance(row, StoredMembership)
    ]
    columns = {name: getattr(stored, name) for name in column_names(StoredCustomer)}
    return CustomerRow(
        **columns | {"details": from_json(stored.details)},
        addresses=sorted(
            addresses, key=lambda address: (address.channel, address.handle, address.scope or TENANT_SCOPE)
        ),
        memberships=sorted(memberships, key=lambda membership: (membership.since, membership.organisation)),
    )


def customers(connection: Connection, schema: str, *, after: UUID | None = None, limit: int = 100) -> list[CustomerRow]:
    """Customers that are not merged, by id, oldest first, behind ``after``.

    ``limit`` is at least 1, more than MOST counts as MOST.
    """
    return _select(
        connection,
        schema,
        "where merged_into is null and (%(after)s::uuid is null or customer > %(after)s)"
        " order by customer limit %(limit)s",
        {"after": after, "limit": min(limit, MOST)},
    )


def newest_customers(connection: Connection, schema: str, limit: int) -> list[CustomerRow]:
    """The customers that were registered last, the newest first. Merged ones are left out."""
    return _select(
        connection,
        schema,
        "where merged_into is null and registered_at is not null"
        " order by registered_at desc, customer desc limit %(limit)s",
        {"limit": min(limit, MOST)},
    )


def names_of(connection: Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The names of some customers; one that was never registered is absent."""
    statement = sql.SQL("select customer, name from {}.customers where customer = any(%s)").format(
        sql.Identifier(schema)
    )
    return dict(connection.execute(statement, [list(ids)]).fetchall())


_SELECT: LiteralString = """
    select c.*,
        coalesce((select json_agg(json_build_object(
            'channel', channel, 'handle', handle, 'scope', nullif(scope, ''), 'trust', trust, 'shared', shared
        ) order by channel, handle, scope) from {addresses} a where a.customer = c.customer), '[]') as addresses,
        coalesce((select json_agg(json_build_object(
            'organisation', organisation, 'role', role, 'main', main, 'since', since
        ) order by since, organisation) from {memberships} m where m.customer = c.customer), '[]') as memberships
    from {customers} c
"""


def _select(
    connection: Connection, schema: str, which: LiteralString, parameters: dict[str, object]
) -> list[CustomerRow]:
    with connection.cursor(row_factory=class_row(CustomerRow)) as cursor:
        return cursor.execute(_selecting(schema, which), parameters).fetchall()


@lru_cache(256)
def _selecting(schema: str, which: LiteralString) -> bytes:
    statement = sql.SQL(_SELECT + which).format(
        customers=sql.Identifier(schema, "customers"),
        addresses=sql.Identifier(schema, "customer_addresses"),
        memberships=sql.Identifier(schema, "customer_memberships"),
    )
    return statement.as_bytes()
