"""The customers that an address finds, in any spelling and by the key of any version."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.addresses import Trust
from domain.text_folding import fold_code
from projections.customers.table import TENANT_SCOPE

_FOUND = """
    with recursive hits as (
        select customer, trust, shared, added_at from {addresses}
        where channel = %(channel)s and scope = %(scope)s and key = any(%(keys)s)
            and (key_version, key) in (select * from unnest(%(versions)s::integer[], %(keys)s::text[]))
            and trust in ('seen', 'asserted', 'verified')
    ),
    ways (customer, survivor) as (
        select customer, customer from hits
        union
        select ways.customer, c.merged_into
        from ways join {customers} c on c.customer = ways.survivor where c.merged_into is not null
    )
    select ways.survivor as customer,
        (array_agg(trust order by array_position(array['verified', 'asserted', 'seen'], trust)))[1] as trust,
        bool_or(shared) as shared,
        max(added_at) as added_at,
        array_agg(distinct hits.customer) filter (where hits.customer <> ways.survivor) as merged
    from hits
        join ways using (customer)
        join {customers} c on c.customer = ways.survivor and c.merged_into is null
    group by ways.survivor
    order by ways.survivor
"""
_LAST_USE = """
    select found.customer, (
        select max(received_at) from {tickets} where tickets.customer = any(
            select found.customer union all select unnest(c.absorbed)
        )
    )
    from unnest(%s::uuid[]) found (customer) join {customers} c on c.customer = found.customer
"""


class FoundCustomer(NamedTuple):
    """A customer whom an address finds. ``merged`` are customers merged into this one who have the address."""

    customer: UUID
    trust: Trust
    shared: bool
    added_at: datetime
    merged: list[UUID] | None


def customers_at(
    connection: Connection, schema: str, channel: str, handle: str, *, scope: str | None = None, region: str = "VN"
) -> list[FoundCustomer]:
    """The survivors of the customers whom an address finds, by id. A claimed or withdrawn address finds nobody."""
    keys = {
        version: key
        for version, key in keys_of(WrittenAddress(channel, handle, scope, region)).items()
        if key != NOBODY
    }
    parameters = {
        "channel": fold_code(channel),
        "scope": TENANT_SCOPE if scope is None else scope,
        "versions": list(keys),
        "keys": list(keys.values()),
    }
    statement = sql.SQL(_FOUND).format(
        addresses=sql.Identifier(schema, "customer_addresses"), customers=sql.Identifier(schema, "customers")
    )
    with connection.cursor(row_factory=class_row(FoundCustomer)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def last_tickets(connection: Connection, schema: str, customers: Collection[UUID]) -> dict[UUID, datetime]:
    """When the last ticket of each customer, or of one absorbed, was received; customers without tickets are absent."""
    statement = sql.SQL(_LAST_USE).format(
        tickets=sql.Identifier(schema, "tickets"), customers=sql.Identifier(schema, "customers")
    )
    rows = connection.execute(statement, [list(customers)]).fetchall()
    return {customer: at for customer, at in rows if at is not None}
