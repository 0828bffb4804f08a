"""What was recorded after a report that may explain why its figures changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic.dataclasses import dataclass

from projections.audit.table import AuditedEvent
from projections.engine.table import column_names

MOST = 200
"""Facts that are listed at most."""
Relation = Literal["within", "before", "afterwards", "definition"]
_PUBLISHED: LiteralString = "topic in ('policy.published', 'calendar.published', 'definition.published')"
_LATE = sql.SQL(
    """
    with later as (
        select *, case
            when {published} then 'definition'
            when occurred_at >= {start} and occurred_at < {end} then 'within'
            when occurred_at < {start} then 'before'
            else 'afterwards'
        end as relation
        from {audit} where position > {position} and topic <> 'report.issued'
    ), concerned as (
        select * from later l where relation <> 'afterwards' or exists (
            select from {audit} a
            where a.stream = l.stream and a.position <= {position}
                and a.occurred_at >= {start} and a.occurred_at < {end}
        )
    )
    select {columns}, facts, relation, count(*) over () as total from concerned
    order by array_position(array['definition', 'within', 'before', 'afterwards'], relation), position limit {most}
    """
)


@dataclass(slots=True)
class LateFact(AuditedEvent):
    """An event recorded after the report. ``relation`` says when it happened: within the period, before it, or
    afterwards to something that the period holds. A published definition counts whenever it takes effect.
    """

    facts: dict[str, Any]
    relation: Relation
    total: int


class LateFacts(NamedTuple):
    """The first facts by relation and position, and how many there are."""

    facts: Sequence[LateFact]
    total: int


def late_facts(
    connection: Connection, schema: str, position: int, start: datetime, end: datetime, most: int = MOST
) -> LateFacts:
    """What was recorded behind ``position`` and concerns the period from ``start`` up to but not including ``end``."""
    statement = _LATE.format(
        published=sql.SQL(_PUBLISHED),
        columns=sql.SQL(", ").join(map(sql.Identifier, column_names(AuditedEvent))),
        audit=sql.Identifier(schema, "audit_history"),
        start=sql.Literal(start),
        end=sql.Literal(end),
        position=sql.Literal(position),
        most=sql.Literal(most),
    )
    with connection.cursor(row_factory=class_row(LateFact)) as cursor:
        facts = cursor.execute(statement).fetchall()
    return LateFacts(facts, facts[0].total if facts else 0)
