"""Customers by id and by page, with their addresses and memberships."""

from collections.abc import Collection, Sequence
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass
from pydantic_core import from_json

from domain.event_log.sql_files import sql_file
from projections.customers.table import TENANT_SCOPE, KnownCustomer, StoredAddress, StoredCustomer, StoredMembership
from projections.engine.projection import Row
from projections.engine.table import column_names
from projections.scope.filters import MOST

_SQL = sql_file("projections.customers", "customers.sql")


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
class CustomerRow(KnownCustomer):
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
    if len(ids) == 1:
        return _select(connection, schema, "one", {"id": next(iter(ids))})
    return _select(connection, schema, "some", {"ids": list(ids)})


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
    columns = {name: getattr(stored, name) for name in column_names(KnownCustomer)}
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
    return _select(connection, schema, "page", {"after": after, "limit": min(limit, MOST)})


def newest_customers(connection: Connection, schema: str, limit: int) -> list[CustomerRow]:
    """The customers that were registered last, the newest first. Merged ones are left out."""
    return _select(connection, schema, "newest", {"limit": min(limit, MOST)})


def names_of(connection: Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The names of some customers; one that was never registered is absent."""
    statement = sql.SQL("select customer, name from {}.customers where customer = any(%s)").format(
        sql.Identifier(schema)
    )
    return dict(connection.execute(statement, [list(ids)]).fetchall())


def _select(connection: Connection, schema: str, which: str, parameters: dict[str, object]) -> list[CustomerRow]:
    with connection.cursor(row_factory=class_row(CustomerRow)) as cursor:
        return cursor.execute(_selecting(schema, which), parameters).fetchall()


@lru_cache(256)
def _selecting(schema: str, which: str) -> bytes:
    columns = sql.SQL(", ").join(sql.Identifier("c", name) for name in column_names(KnownCustomer))
    return _SQL["customers"].composed(schema, columns=columns, which=_SQL[which].composed(schema)).as_bytes()
