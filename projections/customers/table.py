"""Who the customers are: one row each, and the addresses by which they are found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import assert_never
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from domain.customer import events as e
from domain.envelope import RecordedEvent
from domain.text_folding import fold_code
from projections.engine.projection import Projection, Row, Table
from projections.scope.filters import MOST

_COLUMNS = ("customer", "name", "tier", "external_reference", "registered_at", "version")

# An address is not unique: two customers may share a telephone.
_DDL = """
create table {schema}.customers (
    customer uuid primary key,
    name text,
    tier text,
    external_reference text,
    registered_at timestamptz,
    version integer not null
);
create table {schema}.customer_addresses (
    customer uuid not null,
    channel text not null,
    handle text not null,
    key text not null,
    added_at timestamptz not null,
    primary key (customer, channel, handle)
);
create index on {schema}.customer_addresses (channel, key);
"""


class Address(BaseModel):
    """A channel and the handle by which the customer is reached there."""

    model_config = ConfigDict(frozen=True)

    channel: str
    handle: str


class CustomerRow(BaseModel):
    """A customer as they are. ``registered_at`` is when it happened (UTC); ``version`` that of the stream."""

    model_config = ConfigDict(frozen=True)

    customer: UUID
    name: str | None
    tier: str | None
    external_reference: str | None
    registered_at: datetime | None
    version: int
    addresses: list[Address]


def fold(history: Sequence[RecordedEvent], _new_from: int) -> tuple[list[Row], ...]:
    """The customer's row, and one for each address, with the instant from which it was last known."""
    name: str | None = None
    tier: str | None = None
    external_reference: str | None = None
    registered_at: datetime | None = None
    addresses: dict[tuple[str, str], datetime] = {}
    for event in history:
        payload: e.CustomerEvent = event.payload
        match payload:
            case e.CustomerRegistered():
                name, tier, external_reference = payload.name, payload.tier, payload.external_reference
                registered_at = event.occurred_at
            case e.CustomerDetailsChanged():
                name = payload.name
            case e.TierChanged():
                tier = payload.tier
            case e.AddressAdded():
                addresses.setdefault((payload.channel, payload.handle), event.occurred_at)
            case e.AddressRemoved():
                addresses.pop((payload.channel, payload.handle), None)
            case _:
                assert_never(payload)
    last = history[-1]
    customer: Row = (last.stream, name, tier, external_reference, registered_at, last.version)
    return [customer], [
        (last.stream, channel, handle, fold_code(handle), added_at) for (channel, handle), added_at in addresses.items()
    ]


CUSTOMERS = Projection(
    name="customers",
    kinds=frozenset({"customer"}),
    ddl=_DDL,
    tables=(
        Table("customers", _COLUMNS),
        Table("customer_addresses", ("customer", "channel", "handle", "key", "added_at")),
    ),
    fold=fold,
)


def customer(connection: Connection, schema: str, customer_id: UUID) -> CustomerRow | None:
    """One customer; None when there is no such."""
    found = _select(connection, schema, "where customer = %(customer)s", {"customer": customer_id})
    return found[0] if found else None


def customers_at(connection: Connection, schema: str, channel: str, handle: str) -> list[CustomerRow]:
    """Whoever is reached at an address, in any spelling: one, or several who share it, the oldest id first."""
    return _select(
        connection,
        schema,
        "where customer in (select customer from {addresses} where channel = %(channel)s and key = %(key)s)"
        " order by customer",
        {"channel": channel, "key": fold_code(handle)},
    )


def customers(connection: Connection, schema: str, *, after: UUID | None = None, limit: int = 100) -> list[CustomerRow]:
    """Customers by id (the oldest first) behind ``after``; ``limit`` at least 1, more than MOST counts as MOST."""
    return _select(
        connection,
        schema,
        "where %(after)s::uuid is null or customer > %(after)s order by customer limit %(limit)s",
        {"after": after, "limit": min(limit, MOST)},
    )


def names_of(connection: Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The names of some customers; who was never registered is absent."""
    statement = sql.SQL("select customer, name from {}.customers where customer = any(%s)").format(
        sql.Identifier(schema)
    )
    return dict(connection.execute(statement, [list(ids)]).fetchall())


def _select(connection: Connection, schema: str, which: str, parameters: dict[str, object]) -> list[CustomerRow]:
    text = (
        "select c.*, coalesce((select json_agg(json_build_object('channel', channel, 'handle', handle)"
        " order by channel, handle) from {addresses} a where a.customer = c.customer), '[]') as addresses"
        f" from {{customers}} c {which}"
    )
    statement = sql.SQL(text).format(
        customers=sql.Identifier(schema, "customers"), addresses=sql.Identifier(schema, "customer_addresses")
    )
    with connection.cursor(row_factory=class_row(CustomerRow)) as cursor:
        return cursor.execute(statement, parameters).fetchall()
