"""What was recorded after a report that may explain why its figures changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic.dataclasses import dataclass

from domain.event_log.sql_files import sql_file
from projections.audit_history.table import AUDIT_HISTORY, AuditedEvent
from projections.contracts.table import CONTRACTS
from projections.customers.survivors import is_anybody_merged, survivors_in
from projections.customers.table import CUSTOMERS
from projections.engine.table import column_names
from projections.scope.periods import Period

_SQL = sql_file("projections.issued_reports", "issued_reports.sql")
READ = (AUDIT_HISTORY, CONTRACTS, CUSTOMERS)
"""The projections that the facts are found in."""
MOST = 200
"""Facts that are listed at most."""
Relation = Literal["within", "before", "afterwards", "definition"]


@dataclass(slots=True)
class LateFact(AuditedEvent):
    """An event recorded after the report. ``relation`` says when it happened: within the period, before it, or
    afterwards. A published definition counts whenever it takes effect.

    An event afterwards counts when its stream or a customer of the same person has an event in the period, or when it
    is of a contract with a term that ends in the period.
    """

    facts: dict[str, Any]
    relation: Relation
    total: int


class LateFacts(NamedTuple):
    """The first facts by relation and position, and how many there are."""

    facts: Sequence[LateFact]
    total: int


def late_facts(connection: Connection, schema: str, position: int, period: Period, now: datetime) -> LateFacts:
    """What was recorded behind ``position`` and concerns the period.

    ``schema`` holds the projections READ. The list may lack an event that changed a figure by another way;
    `facts_that_explain` says which of them changed one.
    """
    start, end = period.span(now)
    first, last = period.days(now)
    statement = _SQL["late facts"].composed(
        schema,
        columns=sql.SQL(", ").join(map(sql.Identifier, column_names(AuditedEvent))),
        survivors=survivors_in(schema, are_any=is_anybody_merged(connection, schema)),
        first=sql.Literal(first),
        last=sql.Literal(last),
        start=sql.Literal(start),
        end=sql.Literal(end),
        position=sql.Literal(position),
        most=sql.Literal(MOST),
    )
    with connection.cursor(row_factory=class_row(LateFact)) as cursor:
        facts = cursor.execute(statement).fetchall()
    return LateFacts(facts, facts[0].total if facts else 0)
