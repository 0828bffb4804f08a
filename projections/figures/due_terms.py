"""The contract terms that are due in a period, and what became of each."""

from datetime import timedelta

from psycopg import sql

from domain.contract.term_days import GRACE_DAYS, local_day
from domain.zones import zone_named
from projections.scope.figure_query import FigureQuery
from projections.scope.local_days import day_begins_at

EARLY_DAYS = 30
"""A term that is renewed more days before its last one than this is renewed early."""

_TERMS = """
select contract, term, customer, at, ends_on, value, currency, new_value, new_currency, late,
    case when not renewed then null when late then 'late'
        when signed_at < {early_before} then 'early' else 'on_time' end as renewed_when,
    case when renewed then 'renewed' when ended_as is not null then ended_as
        when ends_on < {grace_began} then 'lapsed' else 'open' end as became
from (
    select t.contract, t.term, t.customer, {due_at} as at, t.ends_on, t.value, t.currency, t.ended_as,
        n.signed_value as new_value, n.signed_currency as new_currency, n.late, n.signed_at,
        coalesce(t.ended_as = 'renewed', false) as renewed
    from {terms} t left join {terms} n on n.contract = t.contract and n.term = t.term + 1
    where t.ends_on between {first} and {last}
) terms
"""


def due_terms(query: FigureQuery) -> sql.Composed:
    """The terms whose last day is one of the period's local days.

    ``became``: renewed, lapsed (the grace is over), terminated or open. ``renewed_when``: early, on_time or late.
    ``new_value`` and ``new_currency`` are those of the renewal: a later amendment of the new term changes nothing.
    """
    zone = query.period.zone
    tenant = zone_named(query.settings.zone)
    first, last = query.period.days(query.now)
    today = local_day(query.now, tenant)
    return sql.SQL(_TERMS).format(
        terms=query.table("contract_terms"),
        due_at=day_begins_at(sql.Identifier("t", "ends_on"), zone),
        early_before=day_begins_at(sql.SQL("(ends_on - {})").format(sql.Literal(EARLY_DAYS)), tenant),
        grace_began=sql.Literal(today - timedelta(days=GRACE_DAYS)),
        first=sql.Literal(first),
        last=sql.Literal(last),
    )
