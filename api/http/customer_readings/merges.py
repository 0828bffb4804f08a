"""The merges behind a customer: which records are one person, since when, by whom and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from api.http.customer_readings.facts import FactsOf
from projections.scope.filters import MOST

_MERGES = """
select stream as customer, (facts ->> 'into')::uuid as into, topic = 'customer.merge_undone' as undone,
    occurred_at as at, actor, reason
from {audit}
where stream in (
    select unnest(%(customers)s::uuid[])
    union select (facts ->> 'customer_id')::uuid from {audit}
        where stream = any(%(customers)s) and topic in ('customer.absorbed', 'customer.absorption_undone')
) and topic in ('customer.merged', 'customer.merge_undone')
    and (%(known_at)s::timestamptz is null or recorded_at <= %(known_at)s)
    and (%(as_of)s::timestamptz is null or occurred_at <= %(as_of)s)
order by occurred_at desc, position desc limit %(most)s
"""


@dataclass(slots=True)
class MergeStep:
    """A merge of ``customer`` into another, or its undoing."""

    customer: UUID
    into: UUID
    undone: bool
    at: datetime
    actor: str
    reason: str | None


def merges_in(facts: FactsOf) -> list[MergeStep]:
    """The merges and undoings of the customers of the reading, and of those that were taken out again, newest first."""
    view, reader = facts.view, facts.reader
    statement = sql.SQL(_MERGES).format(audit=sql.Identifier(view.schema, "audit_history"))
    parameters = {
        "customers": facts.customers,
        "known_at": reader.known_at,
        "as_of": reader.as_of,
        "most": MOST,
    }
    with view.connection.cursor(row_factory=class_row(MergeStep)) as cursor:
        return cursor.execute(statement, parameters).fetchall()
