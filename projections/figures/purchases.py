"""Customers who bought again: within 365 days, and in the period after an earlier purchase."""

from datetime import timedelta

from psycopg import sql

from domain.event_log.sql_files import sql_file
from domain.local_time import local_day, midnight
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Ratio, Runs, Title, count, total
from projections.figures.of_customers import periods, with_persons
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "purchases.sql")
WINDOW_DAYS = 365


def _in_the_window(query: FigureQuery) -> sql.Composable:
    """The persons who bought in the 365 local days that end with each period, or with today."""
    zone = query.scope.zone
    judged = [span.judged_at for span in query.spans]
    since = [midnight(local_day(at, zone) - timedelta(days=WINDOW_DAYS - 1), zone) for at in judged]
    return _SQL["in the window"].composed(
        query.schema,
        judged=sql.SQL("{}::timestamptz[]").format(sql.Literal(judged)),
        since=sql.SQL("{}::timestamptz[]").format(sql.Literal(since)),
        purchases=with_persons(query.table("purchases")),
    )


def _in_the_period(query: FigureQuery) -> sql.Composable:
    """The persons who bought in each period, by their first purchase in it."""
    return _SQL["in the period"].composed(
        query.schema, purchases=with_persons(query.table("purchases")), within=query.within("at"), **periods(query)
    )


PURCHASE_FIGURES = (
    Figure(
        name="repeat-purchase",
        title=Title("Bought twice within 365 days", "Khách mua lại trong 365 ngày"),
        formula=(
            "customers with 2 purchases or more in the 365 local days up to the end of the period / customers with 1 or"
            " more; without purchases that were returned as a whole"
        ),
        source="contract of the figures: repeat purchase, reading A",
        unit="share",
        subject="customer",
        value=Ratio(("repeated",), ("customers",)),
        reading=CountedFacts(
            _in_the_window,
            (
                count("repeated", "purchases >= 2"),
                count("customers"),
                total("purchases", "purchases"),
            ),
            runs=Runs("judged_at", ("purchases",)),
        ),
        projections=(CUSTOMER_FACTS, *READ_FOR_CUSTOMERS),
        dimensions=OF_CUSTOMERS,
        left_out=("returned",),
        judged="at instants",
    ),
    Figure(
        name="returning-buyers",
        title=Title("Bought again", "Khách quay lại mua"),
        formula="customers who bought in the period and before it / customers who bought in the period",
        source="contract of the figures: repeat purchase, reading B; a return of the whole takes a purchase back",
        unit="share",
        subject="customer",
        value=Ratio(("again",), ("customers",)),
        reading=CountedFacts(
            _in_the_period, (count("again", "again"), count("first", "not again"), count("customers"))
        ),
        projections=(CUSTOMER_FACTS, *READ_FOR_CUSTOMERS),
        dimensions=OF_CUSTOMERS,
        left_out=("returned",),
    ),
)
