"""What was recorded after a report that may explain why its figures changed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from psycopg import Connection, sql
from psycopg.rows import class_row
from pydantic.dataclasses import dataclass

from domain.definitions.kinds import HEALTH, SEGMENT
from domain.definitions.settings import SETTINGS
from domain.event_log.reader import PUBLISHED
from domain.event_log.sql_files import sql_file
from domain.sla.policy.events import CalendarPublished, PolicyPublished
from projections.audit_history.table import AUDIT_HISTORY, AuditedEvent
from projections.contracts.table import CONTRACTS
from projections.customers.survivors import is_anybody_merged, survivors_in
from projections.customers.table import CUSTOMERS
from projections.engine.table import column_names
from projections.figures.figure import Figure
from projections.scope.periods import Period
from projections.sla.table import SLA_CLOCKS
from projections.team_time.table import TEAM_TIME

_SQL = sql_file("projections.issued_reports", "issued_reports.sql")
READ = (AUDIT_HISTORY, CONTRACTS, CUSTOMERS)
"""The projections that the facts are found in."""
MOST = 200
"""Facts that are listed at most."""
Relation = Literal["within", "before", "afterwards", "definition"]


@dataclass(slots=True)
class LateFact(AuditedEvent):
    """An event recorded after the report. ``relation`` says when it happened: within the period, before it, or
    afterwards. A published definition that is read counts whenever it takes effect.

    An event afterwards counts when its stream or a customer of the same person has an event in the period, when it is
    of a contract with a term that ends in the period, or when it speaks of days up to the end of the period.
    """

    facts: dict[str, Any]
    relation: Relation
    total: int


class LateFacts(NamedTuple):
    """The first facts by relation and position, and how many there are."""

    facts: Sequence[LateFact]
    total: int


_JUDGED = {SLA_CLOCKS.name, TEAM_TIME.name}
"""The projections that policies and calendars judge."""
FROM_THE_LOG = {HEALTH.name, SEGMENT.name}
"""The kinds of definitions whose figures gather events from the log itself, where none can be left out. Policies judge
them, too."""


def published_for(figures: Collection[Figure]) -> set[str]:
    """What can be published that the figures read: kinds of definitions, and topics of policies and calendars."""
    kinds = {kind for figure in figures for kind in figure.definitions}
    rules = not kinds.isdisjoint(FROM_THE_LOG) or any(
        each.name in _JUDGED for figure in figures for each in figure.projections
    )
    return {SETTINGS.name, *kinds, *((PolicyPublished.topic, CalendarPublished.topic) if rules else ())}


def late_facts(
    connection: Connection, schema: str, position: int, period: Period, now: datetime, published: Collection[str]
) -> LateFacts:
    """What was recorded behind ``position`` and concerns the period; of what was published the kinds and topics named.

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
        was_there=_SQL["was there"].composed(schema, end=sql.Literal(end)),
        position=sql.Literal(position),
        definitions=sql.Literal(sorted(PUBLISHED)),
        published=sql.Literal(sorted(published)),
        most=sql.Literal(MOST),
    )
    with connection.cursor(row_factory=class_row(LateFact)) as cursor:
        facts = cursor.execute(statement).fetchall()
    return LateFacts(facts, facts[0].total if facts else 0)
