"""Offers at their edges: expiry, late acceptance, and what they add."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from domain.customer.facts import events as f
from domain.zones import UTC_ZONE
from tests.support.customers_by_example import (
    APRIL,
    BINH,
    LAN,
    MARCH,
    READ,
    ask,
    customer,
    day,
    made,
    of,
    published,
    row,
    term,
)
from tests.support.figure_answers import LONG_AGO, behind, rows_of_figure
from tests.support.filled import add


def test_an_offer_that_is_accepted_after_its_expiry_stays_expired_and_is_accepted_late_beside(
    tables: psycopg.Connection,
) -> None:
    offer = (day(3, 1), made(date(2026, 3, 10)))
    add(tables, READ, customer(LAN, offer))
    offers = row(tables, "upsell", MARCH)
    assert (offers.parts["expired"], offers.parts["accepted"], offers.value) == (1, 0, 0.0)
    add(tables, READ, customer(LAN, offer, (day(4, 2), f.OfferAccepted(offer_id="a"))))
    march, april = rows_of_figure("upsell", ask(tables, (day(3, 1, 0), day(5, 1, 0)), every="month"))
    assert (march.parts, march.value) == (offers.parts, offers.value)
    assert (april.parts["accepted"], april.parts["accepted_late"], april.value) == (0, 1, None)
    (late,) = behind("upsell", "accepted_late", ask(tables, APRIL))
    assert (late.at, late.fact) == (day(4, 2), "a")
    assert row(tables, "upsell-customers", MARCH).parts == {"accepted": 0, "offered": 1}
    assert row(tables, "upsell-value", APRIL).numerator == 200


def test_a_person_with_an_offer_that_nobody_has_answered_may_still_accept(tables: psycopg.Connection) -> None:
    pending = (day(3, 1), made(date(2026, 3, 10)))
    add(tables, READ, customer(LAN, pending), customer(BINH, pending, (day(3, 2), f.OfferAccepted(offer_id="a"))))
    before, then = (row(tables, "upsell-customers", MARCH, now=day(3, on)) for on in (5, 11))
    assert (before.parts, before.final, before.provisional) == ({"accepted": 1, "offered": 2}, 1, 1)
    assert (then.parts, then.final, then.provisional) == ({"accepted": 1, "offered": 2}, 2, 0)


def test_in_a_period_before_the_first_definition_nobody_is_eligible_or_registered(tables: psycopg.Connection) -> None:
    before = datetime(1969, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)
    eligible = row(tables, "upsell-eligible", before, zone=UTC_ZONE)
    assert (eligible.value, eligible.denominator) == (None, 0)


def test_an_offer_expires_at_midnight_in_the_zone_of_the_tenant(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(3, 1), made(date(2026, 3, 10)))))
    before, then = (
        row(tables, "upsell", MARCH, now=now) for now in (day(3, 11, 0) - timedelta(seconds=1), day(3, 11, 0))
    )
    assert (before.parts["open"], before.parts["expired"]) == (1, 0)
    assert (then.parts["open"], then.parts["expired"]) == (0, 1)


def test_an_offer_without_a_last_day_expires_by_the_definition_of_its_day(tables: psycopg.Connection) -> None:
    add(tables, READ, customer(LAN, (day(3, 1, 23), made())))
    assert row(tables, "upsell", MARCH).parts["open"] == 1
    rules = published("upselling", valid_days=30)
    assert row(tables, "upsell", MARCH, definitions=rules).parts["open"] == 1
    assert row(tables, "upsell", APRIL, definitions=rules).parts["expired"] == 1
    (fact,) = behind("upsell", "expired", ask(tables, APRIL, definitions=rules))
    assert (fact.at, fact.fact) == (day(4, 1, 0), "a")


def test_accepted_value_is_set_against_a_year_of_the_contracts_of_the_same_customers(
    tables: psycopg.Connection,
) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    signed = [
        term(*year, value=1_000),
        term(date(2026, 3, 1), date(2026, 3, 31), value=50),
        term(date(2026, 3, 2), date(2027, 3, 1), value=7_000),
        term(*year, BINH, value=9_000),
        term(*year, value=5, currency="USD"),
    ]
    contracts = [of(UUID(int=50 + number), (LONG_AGO, contract)) for number, contract in enumerate(signed)]
    offer = [(day(2, 1), made()), (day(3, 5), f.OfferAccepted(offer_id="a", value=300))]
    add(tables, READ, customer(LAN, *offer), customer(BINH), *contracts)
    value = row(tables, "upsell-value", MARCH)
    assert (value.of, value.numerator, value.denominator) == ({"currency": "VND"}, 300, 1_000 + 12 * 50)


def test_an_offer_is_decided_at_the_earliest_when_it_is_made(tables: psycopg.Connection) -> None:
    """One has expired when it is made; of the other one the acceptance is told to be older than the offer."""
    gone = (day(4, 10), made(date(2026, 3, 10)))
    kept = (day(4, 10), made(date(2026, 4, 20)))
    add(tables, READ, customer(LAN, gone), customer(BINH, kept, (day(3, 5), f.OfferAccepted(offer_id="a"))))
    march, april = rows_of_figure("upsell", ask(tables, (day(3, 1, 0), day(5, 1, 0)), every="month"))
    assert set(march.parts.values()) == {0}
    assert (april.parts["made"], april.parts["accepted"], april.parts["expired"], april.parts["open"]) == (2, 1, 1, 0)
    for name in ("upsell-value", "upsell-eligible"):
        assert sum(each.numerator or 0 for each in rows_of_figure(name, ask(tables, MARCH))) == 0
        assert row(tables, name, APRIL).numerator
    assert row(tables, "upsell-eligible", MARCH).left_out == {"not_eligible": 0}


@pytest.mark.parametrize(("answered", "parts"), [(day(3, 9), (1, 0, 0)), (day(3, 12), (0, 1, 1))])
def test_of_an_offer_told_to_be_made_after_its_answer_and_its_expiry_the_earlier_one_counts(
    tables: psycopg.Connection, answered: datetime, parts: tuple[int, int, int]
) -> None:
    offer = (day(4, 10), made(date(2026, 3, 10)))
    add(tables, READ, customer(LAN, offer, (answered, f.OfferAccepted(offer_id="a"))))
    april = row(tables, "upsell", APRIL)
    assert (april.parts["accepted"], april.parts["expired"], april.parts["accepted_late"]) == parts
