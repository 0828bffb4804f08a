"""The matches that were proposed and wait for an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.event_log.sql_files import sql_file

ProposalKey = tuple[datetime, UUID, UUID]
"""(proposed_at, customer, other) of the last proposal of a page."""

_SQL = sql_file("projections.customers", "merging.sql")


@dataclass(slots=True)
class WaitingMatch:
    """Two customers who may be the same. ``alike`` names what is alike."""

    customer: UUID
    name: str | None
    other: UUID
    other_name: str | None
    because: str | None
    alike: list[str]
    proposed_at: datetime


def waiting_matches(
    connection: Connection, schema: str, *, customer: UUID | None = None, after: ProposalKey | None = None, limit: int
) -> list[WaitingMatch]:
    """The proposals that wait, the oldest first, of all customers or of one. Merged customers wait for nothing."""
    at, source, target = after or (None, None, None)
    statement = _SQL["waiting matches"].filled(schema=schema)
    with connection.cursor(row_factory=class_row(WaitingMatch)) as cursor:
        return cursor.execute(
            statement, {"customer": customer, "at": at, "source": source, "target": target, "limit": limit}
        ).fetchall()
