"""Who is one customer at an instant: the survivor of merges, and all who are merged into that customer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.event_log.sql_files import sql_file

_SQL = sql_file("projections.customers", "family.sql")


class Family(NamedTuple):
    """The survivor, and the customers that were merged into it and not taken out again."""

    survivor: UUID
    absorbed: list[UUID]

    @property
    def members(self) -> list[UUID]:
        """All of them, the survivor first."""
        return [self.survivor, *self.absorbed]


def family_of(
    connection: Connection,
    schema: str,
    customer: UUID,
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> Family:
    """The family of a customer, as known and as it was by then. An unknown customer is alone."""
    parameters = {"customer": customer, "known_at": known_at, "as_of": as_of}
    rows = connection.execute(_SQL["family"].filled(schema=schema), parameters).fetchall()
    survivor, *absorbed = (row[0] for row in rows)
    return Family(survivor, absorbed)


def corrected_in(
    connection: Connection,
    schema: str,
    customers: Sequence[UUID],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[UUID]:
    """The tickets that a correction gave to some customers by then."""
    parameters = {"customers": customers, "known_at": known_at, "as_of": as_of}
    rows = connection.execute(_SQL["corrected in"].filled(schema=schema), parameters).fetchall()
    return [row[0] for row in rows]


def corrected_tickets(
    connection: Connection,
    schema: str,
    customers: Sequence[UUID],
    *,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[tuple[UUID, bool]]:
    """The tickets that a correction gave to some customers or took from them by then, and whether they have it."""
    parameters = {"customers": customers, "known_at": known_at, "as_of": as_of}
    return connection.execute(_SQL["corrected tickets"].filled(schema=schema), parameters).fetchall()
