"""The times for which a tier counts for a customer, a row each."""

from datetime import datetime

from domain.customer.events import CustomerRegistered, TierChanged
from projections.customer_groups.table import CUSTOMER_GROUPS, CustomerTier
from tests.support.events import CUSTOMER, Fact, at, history, instant
from tests.support.folded import rows_of

REGISTERED = CustomerRegistered(name="Lan", party="person", tier="Standard")


def tiers(*facts: Fact) -> list[tuple[datetime, datetime | None, str | None, str | None]]:
    rows = rows_of(CustomerTier, CUSTOMER_GROUPS, history(*facts, ticket=CUSTOMER))
    return [(row.since, row.until, row.tier, row.tier_key) for row in rows]


def test_a_tier_counts_until_the_next_one() -> None:
    assert tiers(at(1, REGISTERED), at(5, TierChanged(tier="gold"))) == [
        (instant(1), instant(5), "Standard", "standard"),
        (instant(5), None, "gold", None),
    ]


def test_of_two_tiers_at_one_instant_the_one_recorded_last_counts() -> None:
    assert tiers(at(1, REGISTERED), at(5, TierChanged(tier="gold")), at(5, TierChanged(tier="vip"))) == [
        (instant(1), instant(5), "Standard", "standard"),
        (instant(5), None, "vip", None),
    ]
