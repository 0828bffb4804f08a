"""What a reporting tool counts over the views of customers equals the figures, over drawn histories."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from psycopg import sql

from domain.text_folding import fold_name
from domain.zones import zone_named
from projections.figures.figure import FigureRow
from projections.reporting.registry import READ_BY_VIEWS
from tests.support.customer_histories import History, by_then, customer_logs
from tests.support.examples import examples
from tests.support.figure_answers import question, rows_of_figure
from tests.support.filled import add, filled

READ = tuple(projection for projection in READ_BY_VIEWS if projection.kinds != frozenset({"definition"}))
ZONE = zone_named("Asia/Ho_Chi_Minh")
START, END = datetime(2025, 7, 1, tzinfo=ZONE), datetime(2026, 10, 1, tzinfo=ZONE)
NOW = datetime.now(UTC)
Groups = dict[tuple[Any, ...], tuple[Any, ...]]
LAST_ANSWERS = """
select month, count(*) filter (where nps_group = 'promoter'), count(*) filter (where nps_group = 'detractor'), count(*)
from (
    select distinct on (survivor_id, month) * from (
        select *, date_trunc('month', answered_local_date)::date as month from reporting_of_default.nps_answer
        where ticket_id is null
    ) answers order by survivor_id, month, answered_at desc, version desc, customer_id
) last_of_each group by 1
"""
DUE = """
select date_trunc('month', ends_on)::date, count(*), count(*) filter (where became = 'renewed'),
    count(*) filter (where renewed_when = 'early'), count(*) filter (where renewed_when = 'on_time'),
    count(*) filter (where renewed_when = 'late'), count(*) filter (where became = 'lapsed'),
    count(*) filter (where became = 'terminated'), count(*) filter (where became = 'open'),
    count(*) filter (where not is_final)
from reporting_of_default.contract_term where ends_on >= '2025-07-01' and ends_on < '2026-10-01' group by 1
"""
BUYERS = """
with bought as (
    select survivor_id, date_trunc('month', bought_local_date)::date as month from reporting_of_default.purchase
    where state <> 'returned'
), first_bought as (select survivor_id, min(month) as first_month from bought group by 1)
select month, count(distinct survivor_id) filter (where first_month < month), count(distinct survivor_id)
from bought join first_bought using (survivor_id) group by 1
"""
SAID = """
select date_trunc('month', said_local_date)::date, theme, count(*), count(*) filter (where polarity = 'positive'),
    count(*) filter (where polarity = 'negative')
from reporting_of_default.feedback group by 1, 2
"""


def parts(*names: str) -> Callable[[FigureRow], tuple[Any, ...]]:
    return lambda row: tuple(row.parts[name] for name in names)


def due(row: FigureRow) -> tuple[Any, ...]:
    names = ("due", "renewed", "early", "on_time", "late", "lapsed", "terminated", "open")
    return (*parts(*names)(row), row.provisional)


@pytest.mark.parametrize(
    ("figure", "by", "statement", "shown"),
    [
        ("nps", (), LAST_ANSWERS, parts("promoters", "detractors", "answers")),
        ("renewal", (), DUE, due),
        ("returning-buyers", (), BUYERS, parts("again", "customers")),
        ("voice-of-customers", ("theme",), SAID, parts("items", "positive", "negative")),
    ],
)
def test_sql_over_the_views_gives_the_figure_of_each_month(
    database_url: str,
    figure: str,
    by: tuple[str, ...],
    statement: str,
    shown: Callable[[FigureRow], tuple[Any, ...]],
) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(60))
        @given(customer_logs())
        def the_same(logs: Sequence[History]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *by_then(logs, NOW))
                assert counted(connection, statement, 1 + len(by)) == {
                    (row.period, *map(fold_name, filter(None, row.of.values()))): shown(row)
                    for row in told(connection, figure, by)
                    if any(shown(row))
                }

        the_same()


def counted(connection: psycopg.Connection, statement: str, keys: int) -> Groups:
    return {row[:keys]: row[keys:] for row in connection.execute(sql.SQL(statement)).fetchall()}


def told(connection: psycopg.Connection, figure: str, by: tuple[str, ...]) -> list[FigureRow]:
    query = question(connection, START, END, now=datetime.now(UTC), zone=ZONE, every="month", by=by)
    return rows_of_figure(figure, query)
