"""The dimensions of figures: those of tickets, and the tier, segments and organisation of customers."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.figures.figure import OrganisationOf
from projections.scope.figure_query import FigureQuery
from projections.scope.folded_words import WORDS

_SQL = sql_file("projections.figures", "dimensions.sql")
OF_CUSTOMERS = ("tier", "segment", "organisation")
ALL = (*WORDS, *OF_CUSTOMERS)
READ_FOR_CUSTOMERS: tuple[Projection, ...] = (CUSTOMERS, CUSTOMER_GROUPS)
"""What the engine reads beside the facts: merged customers, tiers and segments."""
BELONGS_TO = _SQL["belongs to"].text
"""The statement of who belongs to which organisation, with a placeholder for the schema."""
_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "tier": "of_tier.tier as tier, of_tier.tier_key as tier_key",
        "segment": "of_segment.segment as segment, of_segment.segment_key as segment_key",
        "organisation of the ticket": "of_ticket.organisation as organisation",
        "organisation of the person": (
            "case when party.party = 'organisation' then f.person::text else membership.organisation end"
            " as organisation"
        ),
    }
)


def customer_dimensions(
    query: FigureQuery, wanted: Collection[str], *, organisation_of: OrganisationOf, happened: str = "at"
) -> tuple[sql.Composable, sql.Composable]:
    """The columns and the joins that add the wanted dimensions of customers to facts ``f``.

    The tier is the one that counted for the customer at the instant of the fact: its own, or from a merge on that of
    the survivor, as for the SLA. The segments are the tracked ones that the customer or its survivor was in then; a
    fact in two of them is in both groups. The organisation of a person is the person itself, or the main or only one
    that it belongs to now. ``happened`` is the column of the instant of a fact.
    """
    names = [name for name in OF_CUSTOMERS if name in wanted]
    if "organisation" in names:
        names.remove("organisation")
        names += [] if organisation_of == "fact" else [f"organisation of the {organisation_of}"]
    columns = [sql.SQL(_COLUMNS[name]) for name in names]
    instant = sql.Identifier(happened)
    joins = [
        _SQL[f"join {name}"].composed(query.schema, membership=membership(query), instant=instant) for name in names
    ]
    return sql.SQL("").join(sql.SQL(", ") + column for column in columns), sql.SQL(" ").join(joins)


def membership(query: FigureQuery) -> sql.Composed:
    """The statement of the main or only organisation that each customer belongs to now."""
    return _SQL["belongs to"].composed(query.schema)
