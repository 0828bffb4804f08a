"""Who stayed is who plain Python says, while the days of activity change from one period to the next."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.definitions.events import DefinitionPublished
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.usage.table import USAGE
from tests.support.customer_histories import History, by_then, customer_logs
from tests.support.customers_by_example import day
from tests.support.events import Fact, history
from tests.support.examples import examples
from tests.support.figure_answers import LONG_AGO, question, rows_of_figure
from tests.support.filled import add, filled
from tests.support.plain_customers import PlainCustomers

READ = (CUSTOMERS, CUSTOMER_GROUPS, CUSTOMER_FACTS, CONTRACTS, USAGE)
HANOI = zone_named("Asia/Ho_Chi_Minh")
START, END = day(12, 1, 0, 2025), day(6, 1, 0)
NOWS = (day(3, 20, 17), day(9, 1))
CHANGES = st.dictionaries(
    st.sampled_from([day(1, 1, 0), day(2, 1, 0), day(2, 14), day(3, 1, 0), day(3, 20)]),
    st.sampled_from([1, 20, 60, 150]),
    min_size=1,
    max_size=4,
)
"""The days of activity by the instant from which they count."""
CASES = st.tuples(customer_logs(), CHANGES, st.sampled_from(NOWS), st.sampled_from([None, "week", "month"]))


def published(changes: Mapping[datetime, int]) -> History:
    versions = count(1)
    return history(
        *(
            Fact(
                LONG_AGO,
                DefinitionPublished(
                    kind="activity",
                    name="tenant",
                    version=next(versions),
                    effective_from=at,
                    body={"days": changes[at]},
                ),
            )
            for at in sorted(changes)
        )
    )


def days_at(changes: Mapping[datetime, int], at: datetime) -> int:
    begun = [effective_from for effective_from in changes if effective_from <= at]
    return changes[max(begun)] if begun else 90


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, READ) as opened:
        yield opened


def test_who_stayed_is_judged_at_each_edge_by_the_days_in_effect_then(connection: psycopg.Connection) -> None:
    @settings(max_examples=examples(60))
    @given(CASES)
    def the_same(case: tuple[list[History], dict[datetime, int], datetime, Any]) -> None:
        logs, changes, now, every = case
        histories = by_then(logs, now)
        with connection.transaction(force_rollback=True):
            add(connection, READ, *histories)
            plain = PlainCustomers(histories, now, HANOI)
            definitions = published(changes)
            query = question(connection, START, END, now=now, zone=HANOI, every=every, definitions=definitions)
            for span, row in zip(query.spans, rows_of_figure("retention", query), strict=True):
                begins, ends = (plain.active(at, days_at(changes, at)) for at in (span.start, min(span.end, now)))
                assert {name: row.parts[name] for name in ("at_start", "retained", "at_end")} == {
                    "at_start": len(begins),
                    "retained": len(begins & ends),
                    "at_end": len(ends),
                }

    the_same()
