"""The contract terms that are due in a period, and what became of each."""

from datetime import timedelta

from psycopg import sql

from domain.contract.term_days import GRACE_DAYS
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day
from domain.zones import zone_named
from projections.scope.figure_query import FigureQuery
from projections.scope.local_days import day_begins_at

_SQL = sql_file("projections.figures", "due_terms.sql")
EARLY_DAYS = 30
"""A term that is renewed more days before its last one than this is renewed early."""


def due_terms(query: FigureQuery) -> sql.Composed:
    """The terms whose last day is one of the period's local days.

    ``became``: renewed, lapsed (the grace is over), terminated or open. ``renewed_when``: early, on_time or late.
    ``new_value`` and ``new_currency`` are those of the renewal: a later amendment of the new term changes nothing.
    """
    zone = query.period.zone
    tenant = zone_named(query.settings.zone)
    first, last = query.period.days(query.now)
    today = local_day(query.now, tenant)
    return _SQL["due terms"].composed(
        query.schema,
        due_at=day_begins_at(sql.Identifier("t", "ends_on"), zone),
        early_before=day_begins_at(sql.SQL("(ends_on - {})").format(sql.Literal(EARLY_DAYS)), tenant),
        grace_began=sql.Literal(today - timedelta(days=GRACE_DAYS)),
        first=sql.Literal(first),
        last=sql.Literal(last),
    )
