"""The merges behind a customer: which records are one person, since when, by whom and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from api.http.customer_readings.facts import FactsOf
from domain.event_log.sql_files import sql_file
from projections.scope.filters import MOST

_SQL = sql_file("api.http.customer_readings", "customer_readings.sql")


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
    statement = _SQL["merges"].filled(schema=view.schema)
    parameters = {
        "customers": facts.customers,
        "known_at": reader.known_at,
        "as_of": reader.as_of,
        "most": MOST,
    }
    with view.connection.cursor(row_factory=class_row(MergeStep)) as cursor:
        return cursor.execute(statement, parameters).fetchall()
