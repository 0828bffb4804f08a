"""What was recorded after a report that may explain why its figures changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic.dataclasses import dataclass

from projections.audit_history.table import AUDIT_HISTORY, AuditedEvent
from projections.contracts.table import CONTRACTS
from projections.customers.survivors import is_anybody_merged, survivors_in
from projections.customers.table import CUSTOMERS
from projections.engine.table import column_names
from projections.scope.periods import Period

READ = (AUDIT_HISTORY, CONTRACTS, CUSTOMERS)
"""The projections that the facts are found in."""
MOST = 200
"""Facts that are listed at most."""
Relation = Literal["within", "before", "afterwards", "definition"]
_PUBLISHED: LiteralString = "topic in ('policy.published', 'calendar.published', 'definition.published')"
_LATE = sql.SQL(
    """
    with recursive {survivors}, later as (
        select *, case
            when {published} then 'definition'
            when occurred_at >= {start} and occurred_at < {end} then 'within'
            when occurred_at < {start} then 'before'
            else 'afterwards'
        end as relation
        from {audit} where position > {position} and topic <> 'report.issued'
    ), persons as (
        select c.customer, coalesce(s.survivor, c.customer) as person
        from {customers} c left join survivors s using (customer)
    ), asked as (
        select distinct person from later join persons using (customer) where relation = 'afterwards'
    ), held as (
        select c.customer from asked join persons c using (person) where exists (
            select from persons o join {audit} a on a.customer = o.customer
            where o.person = c.person and a.position <= {position}
                and a.occurred_at >= {start} and a.occurred_at < {end}
        )
    ), due as (
        select contract from {terms} where ends_on between {first} and {last}
    ), concerned as (
        select * from later l where relation <> 'afterwards' or exists (
            select from {audit} a
            where a.stream = l.stream and a.position <= {position}
                and a.occurred_at >= {start} and a.occurred_at < {end}
        ) or customer in (select customer from held) or stream in (select contract from due)
    )
    select {columns}, facts, relation, count(*) over () as total from concerned
    order by array_position(array['definition', 'within', 'before', 'afterwards'], relation), position limit {most}
    """
)


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


def late_facts(
    connection: Connection, schema: str, position: int, period: Period, now: datetime, most: int = MOST
) -> LateFacts:
    """What was recorded behind ``position`` and concerns the period.

    ``schema`` holds the projections READ. The list may lack an event that changed a figure by another way.
    """
    start, end = period.span(now)
    first, last = period.days(now)
    statement = _LATE.format(
        published=sql.SQL(_PUBLISHED),
        columns=sql.SQL(", ").join(map(sql.Identifier, column_names(AuditedEvent))),
        audit=sql.Identifier(schema, "audit_history"),
        customers=sql.Identifier(schema, "customers"),
        survivors=survivors_in(schema, are_any=is_anybody_merged(connection, schema)),
        terms=sql.Identifier(schema, "contract_terms"),
        first=sql.Literal(first),
        last=sql.Literal(last),
        start=sql.Literal(start),
        end=sql.Literal(end),
        position=sql.Literal(position),
        most=sql.Literal(most),
    )
    with connection.cursor(row_factory=class_row(LateFact)) as cursor:
        facts = cursor.execute(statement).fetchall()
    return LateFacts(facts, facts[0].total if facts else 0)
