"""The matches that were proposed and wait for an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import class_row

ProposalKey = tuple[datetime, UUID, UUID]
"""(proposed_at, customer, other) of the last proposal of a page."""

_WAITING = """
    select m.customer, c.name, m.other, o.name as other_name, m.because, m.alike, m.proposed_at
    from {matches} m
        join {customers} c on c.customer = m.customer and c.merged_into is null
        join {customers} o on o.customer = m.other and o.merged_into is null
    where m.state = 'proposed'
        and (%(customer)s::uuid is null or %(customer)s in (m.customer, m.other))
        and (%(at)s::timestamptz is null or (m.proposed_at, m.customer, m.other) > (%(at)s, %(one)s, %(other)s))
    order by m.proposed_at, m.customer, m.other
    limit %(limit)s
"""


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
    at, first, second = after or (None, None, None)
    statement = sql.SQL(_WAITING).format(
        matches=sql.Identifier(schema, "customer_matches"), customers=sql.Identifier(schema, "customers")
    )
    with connection.cursor(row_factory=class_row(WaitingMatch)) as cursor:
        return cursor.execute(
            statement, {"customer": customer, "at": at, "one": first, "other": second, "limit": limit}
        ).fetchall()
