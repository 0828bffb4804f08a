"""Customers by id, by page, and by address."""

from collections.abc import Collection, Sequence
from operator import attrgetter
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass

from domain.text_folding import fold_code
from projections.customers.table import StoredAddress, StoredCustomer
from projections.engine.projection import Row
from projections.engine.table import column_names
from projections.scope.filters import MOST

_values_of = attrgetter(*column_names(StoredCustomer))


class Address(BaseModel):
    """A channel and the handle by which the customer is reached there."""

    model_config = ConfigDict(frozen=True)

    channel: str
    handle: str


@dataclass(slots=True)
class CustomerRow(StoredCustomer):
    """A customer as they are. ``registered_at`` is when it happened (UTC); ``version`` that of the stream."""

    addresses: list[Address]


def customer(connection: Connection, schema: str, customer_id: UUID) -> CustomerRow | None:
    """One customer; None when nobody has that id."""
    rows = _select(connection, schema, "where customer = %(customer)s", {"customer": customer_id})
    return rows[0] if rows else None


def customers_of(connection: Connection, schema: str, ids: Collection[UUID]) -> list[CustomerRow]:
    """Some customers in the order of their ids as given; an unknown one is absent."""
    which = "where customer = any(%(ids)s) order by array_position(%(ids)s::uuid[], customer)"
    return _select(connection, schema, which, {"ids": list(ids)})


def customer_in(rows: Sequence[Row]) -> CustomerRow | None:
    """The same from the rows of one stream."""
    stored = next((row for row in rows if isinstance(row, StoredCustomer)), None)
    if stored is None:
        return None
    addresses = sorted((row.channel, row.handle) for row in rows if isinstance(row, StoredAddress))
    shown = [Address(channel=channel, handle=handle) for channel, handle in addresses]
    return CustomerRow(*(*_values_of(stored), shown))


def customers_at(connection: Connection, schema: str, channel: str, handle: str) -> list[CustomerRow]:
    """The customers at an address, in any spelling, by id: one, or several who share it."""
    return _select(
        connection,
        schema,
        "where customer in (select customer from {addresses} where channel = %(channel)s and key = %(key)s)"
        " order by customer",
        {"channel": channel, "key": fold_code(handle)},
    )


def customers(connection: Connection, schema: str, *, after: UUID | None = None, limit: int = 100) -> list[CustomerRow]:
    """Customers by id, oldest first, behind ``after``; ``limit`` at least 1, more than MOST counts as MOST."""
    return _select(
        connection,
        schema,
        "where %(after)s::uuid is null or customer > %(after)s order by customer limit %(limit)s",
        {"after": after, "limit": min(limit, MOST)},
    )


def names_of(connection: Connection, schema: str, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The names of some customers; one that was never registered is absent."""
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
