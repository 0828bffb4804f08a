"""Who bought again and who stayed, at the edges: returns, the window, the days of activity."""

from datetime import date, timedelta
from uuid import UUID

import psycopg

from domain.customer.facts import events as f
from tests.support.customers_by_example import (
    APRIL,
    BINH,
    LAN,
    MARCH,
    READ,
    ask,
    bought,
    customer,
    day,
    of,
    published,
    row,
    term,
)
from tests.support.figure_answers import LONG_AGO, rows_of_figure
from tests.support.filled import add


def test_a_purchase_that_is_returned_in_a_later_period_is_taken_back_from_then_on(tables: psycopg.Connection) -> None:
    purchases = [(day(1, 5), bought("a")), (day(3, 5), bought("b"))]
    add(tables, READ, customer(LAN, *purchases))
    shown = row(tables, "returning-buyers", MARCH)
    assert (shown.value, shown.left_out["returned"]) == (1.0, 0)
    taken_back = (day(4, 5), f.PurchaseReturned(purchase_id="b", total=1, whole=True))
    add(tables, READ, customer(LAN, *purchases, taken_back))
    shown = row(tables, "returning-buyers", MARCH)
    assert (shown.value, shown.denominator, shown.left_out["returned"]) == (None, 0, 1)
    shown = row(tables, "repeat-purchase", MARCH)
    assert (shown.numerator, shown.denominator) == (0, 1)


def test_two_purchases_in_one_period_alone_make_no_returning_buyer(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(3, 5), bought("a")), (day(3, 6), bought("b"))))
    shown = row(tables, "returning-buyers", MARCH)
    assert (shown.numerator, shown.denominator, shown.parts["first"]) == (0, 1, 1)


def test_the_window_of_repeat_purchases_is_365_local_days(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(4, 1, 0, 2025), bought("a")), (day(3, 31, 23), bought("b"))),
        customer(BINH, (day(3, 31, 23, 2025), bought("a")), (day(3, 31, 23), bought("b"))))  # fmt: skip
    shown = row(tables, "repeat-purchase", MARCH)
    assert (shown.numerator, shown.denominator, shown.parts["purchases"]) == (1, 2, 3)


def test_nobody_is_left_out_between_two_windows(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(2, 10, 12, 2025), bought("a")), (day(3, 10), bought("b"))))
    query = ask(tables, (day(1, 1, 0, 2025), day(4, 1, 0)), every="month")
    rows = rows_of_figure("repeat-purchase", query)
    in_a_window = [*(date(2025, month, 1) for month in range(2, 13)), date(2026, 1, 1), date(2026, 3, 1)]
    assert [each.period for each in rows if each.denominator] == in_a_window
    assert not any(each.left_out["returned"] for each in rows)


def test_a_purchase_at_the_last_instant_of_a_period_is_made_in_it(tables: psycopg.Connection) -> None:
    last = day(4, 1, 0) - timedelta.resolution
    add(tables, READ, customer(LAN, (last, bought("a"))), customer(BINH, (day(4, 1, 0), bought("b"))))
    assert [row(tables, "repeat-purchase", days).denominator for days in (MARCH, APRIL)] == [1, 2]


def test_a_customer_whose_contract_ends_with_the_period_is_lost(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN), customer(BINH),
        of(UUID(int=50), (LONG_AGO, term(date(2025, 4, 1), date(2026, 3, 31)))),
        of(UUID(int=51), (LONG_AGO, term(date(2025, 4, 1), date(2026, 4, 1), BINH))))  # fmt: skip
    shown = row(tables, "retention", MARCH)
    assert (shown.parts["at_start"], shown.parts["retained"], shown.parts["lost"]) == (2, 1, 1)


def test_a_purchase_keeps_a_customer_active_for_the_days_of_the_definition(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(1, 1, 0), bought("a"))), customer(BINH, (day(12, 31, 23, 2025), bought("a"))))
    rules = published("activity", days=90)
    assert row(tables, "retention", MARCH, definitions=rules).numerator == 1
    assert row(tables, "retention", MARCH, definitions=published("activity", days=91)).numerator == 2


def test_a_purchase_at_the_first_instant_of_a_period_was_not_made_before_it(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(3, 1, 0), bought("a"))), customer(BINH, (day(2, 28, 23), bought("a"))))
    shown = row(tables, "retention", MARCH)
    assert (shown.parts["at_start"], shown.parts["at_end"], shown.parts["won"]) == (1, 2, 1)
