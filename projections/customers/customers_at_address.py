"""The customers that an address finds, in any spelling and by the key of any version."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

from domain.customer.address_keys import NOBODY, WrittenAddress, keys_of
from domain.customer.addresses import TRUST, Trust
from domain.customer.survivors import survivor_of
from domain.event_log.sql_files import sql_file
from domain.text_folding import fold_code
from projections.customers.table import TENANT_SCOPE

_SQL = sql_file("projections.customers", "merging.sql")


class CustomerAtAddress(NamedTuple):
    """A customer whom an address finds. ``merged`` are customers merged into this one who have the address."""

    customer: UUID
    trust: Trust
    shared: bool
    added_at: datetime
    merged: list[UUID]


class _Hit(NamedTuple):
    """A customer who has the address, and where a merge points to."""

    customer: UUID
    trust: Trust
    shared: bool
    added_at: datetime
    merged_into: UUID | None


def customers_at(
    connection: Connection, schema: str, channel: str, handle: str, *, scope: str | None = None, region: str = "VN"
) -> list[CustomerAtAddress]:
    """The survivors of the customers whom an address finds, by id. A claimed or withdrawn address finds nobody."""
    keys = sorted({*keys_of(WrittenAddress(channel, handle, scope, region)).values()} - {NOBODY})
    if not keys:
        return []
    parameters = {"channel": fold_code(channel), "scope": TENANT_SCOPE if scope is None else scope}
    parameters |= {str(number): key for number, key in enumerate(keys)}
    statement = _hits_of(schema, len(keys))
    with connection.cursor(row_factory=class_row(_Hit)) as cursor:
        hits = cursor.execute(statement, parameters).fetchall()
    pointers = _pointers(connection, schema, {hit.customer: hit.merged_into for hit in hits})
    hits_by_survivor: dict[UUID, list[_Hit]] = {}
    for hit in hits:
        hits_by_survivor.setdefault(survivor_of(hit.customer, pointers), []).append(hit)
    return [_at_address(survivor, hits_by_survivor[survivor]) for survivor in sorted(hits_by_survivor)]


@lru_cache(256)
def _hits_of(schema: str, keys: int) -> bytes:
    """The statement, with a parameter for each key: for an array the server would make a plan at each execution."""
    parameters = [sql.Placeholder(str(number)) for number in range(keys)]
    return _SQL["at an address"].composed(schema, keys=sql.SQL(", ").join(parameters)).as_bytes()


def _pointers(connection: Connection, schema: str, known: dict[UUID, UUID | None]) -> dict[UUID, UUID | None]:
    """Where the merges of some customers point to, and those behind them: one more statement for each link."""
    statement = sql.SQL("select customer, merged_into from {} where customer = any(%s)").format(
        sql.Identifier(schema, "customers")
    )
    while unknown := {into for into in known.values() if into is not None} - known.keys():
        known |= dict.fromkeys(unknown) | dict(connection.execute(statement, [list(unknown)]).fetchall())
    return known


def _at_address(survivor: UUID, hits: Sequence[_Hit]) -> CustomerAtAddress:
    return CustomerAtAddress(
        customer=survivor,
        trust=max((hit.trust for hit in hits), key=TRUST.index),
        shared=any(hit.shared for hit in hits),
        added_at=max(hit.added_at for hit in hits),
        merged=sorted({hit.customer for hit in hits} - {survivor}),
    )
