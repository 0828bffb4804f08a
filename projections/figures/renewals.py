"""Renewals of the contract terms that are due: by number, and by value."""

from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.contracts.table import CONTRACTS
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.due_terms import EARLY_DAYS, due_terms
from projections.figures.figure import CountedFacts, Figure, Part, Ratio, Title, count
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "renewals.sql")


def _counted(query: FigureQuery) -> sql.Composable:
    return _SQL["counted"].composed(query.schema, terms=due_terms(query))


def _valued(query: FigureQuery) -> sql.Composable:
    return _SQL["valued"].composed(query.schema, terms=due_terms(query))


def _sum(name: str, value: LiteralString, belongs: LiteralString) -> Part:
    return Part(name, f"coalesce(sum({value}) filter (where {belongs}), 0)", belongs, 0)


RENEWAL_FIGURES = (
    Figure(
        name="renewal",
        title=Title("Renewals", "Tỷ lệ gia hạn hợp đồng"),
        formula=(
            f"contract terms renewed / terms whose last day lies in the period; early: more than {EARLY_DAYS} days"
            " before it, late: within the grace; due = renewed + lapsed + terminated + open"
        ),
        source="winsabove.com, bigdelta.com (22 of 24 = 92 %), pedowitz",
        unit="share",
        subject="contract",
        value=Ratio(("renewed",), ("due",)),
        reading=CountedFacts(
            _counted,
            (
                count("due"),
                count("renewed", "became = 'renewed'"),
                *(count(when, f"renewed_when = '{when}'") for when in ("early", "on_time", "late")),
                *(count(became, f"became = '{became}'") for became in ("lapsed", "terminated", "open")),
            ),
        ),
        projections=(CONTRACTS, *READ_FOR_CUSTOMERS),
        dimensions=OF_CUSTOMERS,
    ),
    Figure(
        name="renewal-value",
        title=Title("Renewed value", "Giá trị gia hạn"),
        formula=(
            "value of the renewed terms at their old price, or at the new one where that is lower / value of the terms"
            " whose last day lies in the period; in one currency at a time"
        ),
        source="winsabove.com: 3.2 of 4.0 M = 80 %",
        unit="share",
        subject="contract",
        value=Ratio(("renewed",), ("due",)),
        reading=CountedFacts(
            _valued,
            (
                Part("due", "coalesce(sum(value), 0)", empty=0),
                _sum("renewed", "least(value, new_value)", "became = 'renewed'"),
                _sum("downgraded", "value - new_value", "new_value < value"),
                _sum("upgraded", "new_value - value", "new_value > value"),
                *(_sum(became, "value", f"became = '{became}'") for became in ("lapsed", "terminated", "open")),
                count("terms"),
            ),
        ),
        projections=(CONTRACTS, *READ_FOR_CUSTOMERS),
        dimensions=(*OF_CUSTOMERS, "currency"),
        left_out=("currency_changed",),
        always_by=("currency",),
    ),
)
