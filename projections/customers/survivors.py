"""The survivors of merged customers in SQL, for readings.

The statements read the table ``customers``, live or as folded for a reading at another instant: the customers
projection is among those that such a reading folds.
"""

from collections.abc import Collection
from typing import LiteralString, NamedTuple, Protocol
from uuid import UUID

from psycopg import Connection, sql

from domain.event_log.sql_files import sql_file

_SQL = sql_file("projections.customers", "merging.sql")
_NOBODY_IS_MERGED = "survivors (customer, survivor) as (select null::uuid, null::uuid where false)"
_NOBODY = "families (customer) as (select null::uuid)"


class SamePerson(NamedTuple):
    """The parts of a statement that compares the customers of its rows ``f`` and ``o``.

    ``families`` are common table expressions for ``with recursive``, ``joined`` follows the row ``f``. ``same`` is the
    condition that both have the same survivor, ``survivor`` is that of ``f``.
    """

    families: sql.Composable
    joined: sql.SQL
    same: sql.SQL
    survivor: sql.SQL


_ALONE = SamePerson(sql.SQL(_NOBODY), sql.SQL(""), sql.SQL("o.customer = f.customer"), sql.SQL("f.customer"))


class OfCustomer(Protocol):
    """A row that names a customer."""

    customer: UUID


def survivors(schema: str, among: LiteralString = "true") -> sql.Composed:
    """The common table expressions ``merges`` and ``survivors`` for ``with recursive``.

    A merged customer has a row: readings join it and take ``coalesce(survivor, customer)``. ``among`` is a condition
    on the merged customers.
    """
    return _SQL["survivors"].composed(schema, among=sql.SQL(among))


def survivors_in(schema: str, *, are_any: bool) -> sql.Composable:
    """The common table expression ``survivors`` for ``with recursive``; where nobody is merged it costs nothing."""
    return survivors(schema) if are_any else sql.SQL(_NOBODY_IS_MERGED)


def changed_customers(schema: str, links: sql.Composable) -> sql.Composable:
    """The common table expression ``changed`` for ``with recursive``: some customers, and all ever merged into them.

    ``links`` has the columns customer and merged_into. Its rows stay when a merge is undone.
    """
    return _SQL["changed customers"].composed(schema, links=links)


def is_anybody_merged(connection: Connection, schema: str) -> bool:
    """Whether any customer is merged into another."""
    statement = sql.SQL("select exists (select from {} where merged_into is not null)")
    (merged,) = connection.execute(statement.format(sql.Identifier(schema, "customers"))).fetchone() or (False,)
    return bool(merged)


def same_person(connection: Connection, schema: str) -> SamePerson:
    """The parts for a schema; where nobody is merged they compare the columns, which costs nothing."""
    if not is_anybody_merged(connection, schema):
        return _ALONE
    return SamePerson(
        families=survivors(schema) + sql.SQL(", ") + _SQL["families"].composed(schema),
        joined=sql.SQL("left join families on families.customer = f.customer"),
        same=sql.SQL("o.customer = any(coalesce(families.members, array[f.customer]))"),
        survivor=sql.SQL("coalesce(families.survivor, f.customer)"),
    )


def survivors_of(connection: Connection, schema: str, customers: Collection[UUID]) -> dict[UUID, UUID]:
    """The survivors of those customers that are merged; the others are absent."""
    statement = sql.SQL("with recursive {} select customer, survivor from survivors").format(
        survivors(schema, "customer = any(%s)")
    )
    return dict(connection.execute(statement, [list(customers)]).fetchall())


def name_survivors(connection: Connection, schema: str, rows: Collection[OfCustomer]) -> None:
    """Puts the survivor into each row in the place of a merged customer."""
    survivors = survivors_of(connection, schema, {row.customer for row in rows}) if rows else {}
    for row in rows:
        row.customer = survivors.get(row.customer, row.customer)
