"""Renewals by the worked examples, and at the edges of terms."""

from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain.contract import events as c
from domain.zones import UTC_ZONE
from tests.support.customers_by_example import (
    END,
    HANOI,
    LAN,
    MARCH,
    READ,
    ask,
    contract,
    customer,
    day,
    of,
    renewed,
    row,
    term,
)
from tests.support.figure_answers import LONG_AGO, rows_of_figure
from tests.support.filled import add


def test_22_of_24_terms_are_92_per_cent(tables: psycopg.Connection) -> None:
    good = [contract(number, (day(3, 15), renewed())) for number in range(22)]
    bad = [
        contract(22, (day(5, 1), c.ContractLapsed(term=1))),
        contract(23, (day(3, 1), c.ContractTerminated(term=1, on=END))),
    ]
    add(tables, READ, customer(LAN), *good, *bad)
    renewals = row(tables, "renewal", MARCH)
    assert renewals.value is not None
    assert round(renewals.value, 2) == 0.92
    assert (renewals.numerator, renewals.denominator, renewals.parts["lapsed"], renewals.parts["terminated"]) == (
        22,
        24,
        1,
        1,
    )


def test_45_of_50_terms_are_90_per_cent_and_their_value_80(tables: psycopg.Connection) -> None:
    """Ten downgrades of 40,000 beside five lapsed terms of 80,000: 3.2 of 4.0 M."""
    good = [
        contract(number, (day(3, 15), renewed(40_000 if number < 10 else 90_000)), value=80_000) for number in range(45)
    ]
    bad = [contract(number, (day(5, 1), c.ContractLapsed(term=1)), value=80_000) for number in range(45, 50)]
    add(tables, READ, customer(LAN), *good, *bad)
    assert row(tables, "renewal", MARCH).value == 0.9
    renewals = row(tables, "renewal-value", MARCH)
    assert (renewals.value, renewals.numerator, renewals.denominator) == (0.8, 3_200_000, 4_000_000)
    assert (renewals.parts["downgraded"], renewals.parts["upgraded"], renewals.parts["lapsed"]) == (
        400_000,
        350_000,
        400_000,
    )


def test_a_term_is_due_on_its_local_day_also_where_that_begins_on_the_day_before_in_utc(
    tables: psycopg.Connection,
) -> None:
    """1 April begins in Hanoi while it is 31 March in UTC."""
    add(tables, READ, customer(LAN), contract(1, last=date(2026, 4, 1)))
    for zone in (HANOI, UTC_ZONE):
        days = datetime(2026, 3, 1, tzinfo=zone), datetime(2026, 5, 1, tzinfo=zone)
        march, april = rows_of_figure("renewal", ask(tables, days, zone=zone, every="month"))
        assert (march.parts["due"], april.parts["due"]) == (0, 1)


def test_the_days_of_a_renewal_say_whether_it_is_early_on_time_or_late(tables: psycopg.Connection) -> None:
    signed = [
        (day(2, 28, 23), False),
        (day(3, 1, 0), False),
        (day(3, 31, 23), False),
        (day(4, 1, 0), True),
        (day(4, 30, 23), True),
    ]
    add(
        tables,
        READ,
        customer(LAN),
        *(contract(n, (on, renewed(late=late))) for n, (on, late) in enumerate(signed)),
    )
    parts = row(tables, "renewal", MARCH).parts
    assert (parts["early"], parts["on_time"], parts["late"], parts["renewed"]) == (1, 2, 2, 5)


def test_a_term_is_open_and_provisional_until_its_grace_ends(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN), contract(1))
    in_grace, over = (row(tables, "renewal", MARCH, now=now) for now in (day(4, 30, 23), day(5, 1, 0)))
    assert (in_grace.parts["open"], in_grace.provisional, in_grace.parts["lapsed"]) == (1, 1, 0)
    assert (over.parts["open"], over.provisional, over.parts["lapsed"]) == (0, 0, 1)


def test_each_term_of_a_contract_is_due_in_its_own_period(tables: psycopg.Connection) -> None:
    """A contract over January, renewed by months."""
    terms = [(date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2026, 3, 31))]
    later = [
        (day(first.month - 1, 28), c.ContractRenewed(term=n, starts_on=first, ends_on=last, value=1, currency="VND"))
        for n, (first, last) in enumerate(terms, start=2)
    ]
    monthly = of(UUID(int=60), (LONG_AGO, term(date(2026, 1, 1), date(2026, 1, 31))), *later)
    add(tables, READ, customer(LAN), monthly)
    rows = rows_of_figure("renewal", ask(tables, (day(1, 1, 0), day(4, 1, 0)), every="month"))
    assert [(renewals.parts["renewed"], renewals.parts["lapsed"]) for renewals in rows] == [(1, 0), (1, 0), (0, 1)]


def test_a_term_that_is_renewed_early_and_terminated_before_its_end_is_terminated_and_the_new_one_is_never_due(
    tables: psycopg.Connection,
) -> None:
    """Whatever term the event names."""
    ends = [contract(n, (day(3, 1), renewed()), (day(3, 15), c.ContractTerminated(term=n, on=END))) for n in (1, 2)]
    add(tables, READ, customer(LAN), *ends)
    rows = rows_of_figure("renewal", ask(tables, (day(3, 1, 0), day(4, 1, 0, 2027)), now=day(4, 1, 0, 2027)))
    assert [(row.parts["due"], row.parts["renewed"], row.parts["terminated"]) for row in rows] == [(2, 0, 2)]


def test_an_amendment_of_the_new_term_changes_no_value_of_the_period_that_it_renewed(
    tables: psycopg.Connection,
) -> None:
    amended = c.ContractAmended(
        ends_on=END + timedelta(days=365), value=40, currency="USD", auto_renews=False, owner=None
    )
    add(tables, READ, customer(LAN), contract(1, (day(3, 15), renewed()), (day(6, 1), amended)))
    next_year = day(3, 1, 0, 2027), day(4, 1, 0, 2027)
    renewals = row(tables, "renewal-value", MARCH)
    assert (renewals.numerator, renewals.denominator, renewals.left_out) == (100, 100, {"currency_changed": 0})
    assert row(tables, "renewal-value", next_year, now=next_year[1]).of == {"currency": "USD"}


def test_a_term_that_is_renewed_in_another_currency_is_left_out_of_the_value(tables: psycopg.Connection) -> None:
    add(
        tables,
        READ,
        customer(LAN),
        contract(1, (day(3, 15), renewed(10, "USD"))),
        contract(2, (day(3, 15), renewed())),
    )
    renewals = row(tables, "renewal-value", MARCH)
    assert (renewals.of, renewals.numerator, renewals.denominator) == ({"currency": "VND"}, 100, 100)
    assert renewals.left_out == {"currency_changed": 1}


@pytest.mark.parametrize(("every", "periods"), [("year", (4, 4)), ("quarter", (1, 4))])
def test_a_fiscal_year_from_april_and_its_first_quarter_begin_in_april(
    tables: psycopg.Connection, every: str, periods: tuple[int, int]
) -> None:
    add(tables, READ, customer(LAN), contract(1, last=date(2026, 6, 30)), contract(2))
    rows = rows_of_figure("renewal", ask(tables, (day(3, 1, 0), day(7, 1, 0)), every=every, year_begins=4))
    assert [(row.period and row.period.month, row.parts["due"]) for row in rows] == [(month, 1) for month in periods]


def test_a_term_is_compared_with_the_next_one_that_is_known(tables: psycopg.Connection) -> None:
    """As of an instant at which the renewal after the next one had happened and the next one had not."""
    third = c.ContractRenewed(term=3, starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31), value=40, currency="USD")
    add(tables, READ, customer(LAN), contract(1, (day(2, 1), third)))
    assert row(tables, "renewal", MARCH).parts["early"] == 1
    assert row(tables, "renewal-value", MARCH).left_out == {"currency_changed": 1}
