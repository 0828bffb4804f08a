"""The chance of renewal: how many past terms of customers in the same band of health were renewed."""

from psycopg import sql

from domain.definitions.kinds import HEALTH
from domain.event_log.sql_files import sql_file
from projections.contracts.table import CONTRACTS
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.due_terms import due_terms
from projections.figures.figure import CountedFacts, Figure, Ratio, Title, count
from projections.figures.segments import log_of
from projections.health.outcomes import EndedTerm, bands_before_the_end
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "renewal_chance.sql")
_ENDED = "select contract, term, customer, ends_on, became from ({terms}) due where became <> 'open' order by customer"


def _banded(query: FigureQuery) -> sql.Composable:
    """The terms that are due with the band of their customer 90 days before the end; until that day it may change."""
    terms = due_terms(query)
    rows = query.connection.execute(sql.SQL(_ENDED).format(terms=terms)).fetchall()
    ended = [EndedTerm(*row) for row in rows]
    judged = list(bands_before_the_end(log_of(query), ended, query.now))
    return _SQL["banded"].composed(
        query.schema,
        terms=terms,
        contracts=sql.Literal([each.term.contract for each in judged]),
        numbers=sql.Literal([each.term.term for each in judged]),
        bands=sql.Literal([each.band for each in judged]),
        instants=sql.Literal([each.at for each in judged]),
        now=sql.Literal(query.now),
    )


RENEWAL_CHANCE = Figure(
    name="renewal-chance",
    title=Title("Chance of renewal", "Khả năng gia hạn"),
    formula="terms renewed / terms that ended in the period, by the band of health 90 days before their end",
    source="contract of the figures: a base rate with the number of terms beside it, no forecast",
    unit="share",
    subject="contract",
    value=Ratio(("renewed",), ("terms",)),
    reading=CountedFacts(
        _banded,
        (
            *(count(became, f"became = '{became}'") for became in ("renewed", "lapsed", "terminated")),
            count("terms"),
        ),
    ),
    projections=(CONTRACTS, *READ_FOR_CUSTOMERS),
    dimensions=(*OF_CUSTOMERS, "band"),
    definitions=(HEALTH.name,),
    left_out=("open",),
    always_by=("band",),
)
