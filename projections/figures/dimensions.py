"""The dimensions of figures: those of tickets, and the tier, segments and organisation of customers."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import LiteralString

from psycopg import sql

from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.scope.figure_query import FigureQuery

OF_TICKETS = ("team", "agent", "priority", "category", "channel")
OF_CUSTOMERS = ("tier", "segment", "organisation")
ALL = (*OF_TICKETS, *OF_CUSTOMERS)
READ_FOR_CUSTOMERS: tuple[Projection, ...] = (CUSTOMERS, CUSTOMER_GROUPS)
"""What the engine reads beside the facts: merged customers, tiers and segments."""
BELONGS_TO: LiteralString = """
select customer, coalesce(
    min(organisation::text) filter (where main),
    case when count(*) = 1 then min(organisation::text) end
) as organisation
from {customer_memberships} group by customer
"""
"""The main or only organisation that each customer belongs to now."""

_JOINS: Mapping[str, str] = MappingProxyType(
    {
        "tier": """
            left join {customer_tiers} of_tier on of_tier.customer = f.customer
                and of_tier.since <= f.at and (of_tier.until is null or of_tier.until > f.at)
        """,
        "segment": """
            left join lateral (
                select coalesce(m.segment_key, m.segment) as folded_segment, min(m.segment) as segment,
                    min(m.segment_key) as segment_key
                from {segment_members} m where m.customer in (f.person, f.customer)
                    and m.since <= f.at and (m.until is null or m.until > f.at)
                group by 1
            ) of_segment on true
        """,
        "organisation": """
            left join {customers} party on party.customer = f.person
            left join ("""
        + BELONGS_TO
        + """) membership on membership.customer = f.person
        """,
    }
)
_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "tier": "of_tier.tier as tier, of_tier.tier_key as tier_key",
        "segment": "of_segment.segment as segment, of_segment.segment_key as segment_key",
        "organisation": (
            "case when party.party = 'organisation' then f.person::text else membership.organisation end"
            " as organisation"
        ),
    }
)
_TABLES = ("customers", "customer_tiers", "segment_members", "customer_memberships")


def customer_dimensions(
    query: FigureQuery, wanted: Collection[str], *, has_organisation: bool
) -> tuple[sql.Composable, sql.Composable]:
    """The columns and the joins that add the wanted dimensions of customers to facts ``f``.

    The tier is the one that counted for the customer at the instant of the fact: its own, or from a merge on that of
    the survivor, as for the SLA. The segments are the tracked ones that the customer or its survivor was in then; a
    fact in two of them is in both groups. The organisation is the fact's own where it has one, else the person itself
    or the main or only one that it belongs to now.
    """
    names = [name for name in OF_CUSTOMERS if name in wanted and not (name == "organisation" and has_organisation)]
    tables = {name: query.table(name) for name in _TABLES}
    columns = [sql.SQL(_COLUMNS[name]) for name in names]
    joins = [sql.SQL(_JOINS[name]).format(**tables) for name in names]
    return sql.SQL("").join(sql.SQL(", ") + column for column in columns), sql.SQL(" ").join(joins)
