"""The usual days between two purchases of a product, compared with a plain count over all customers."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import median
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from domain.customer import events as c
from domain.customer.facts import events as f
from domain.definitions.events import DefinitionPublished
from domain.envelope import RecordedEvent
from projections.engine.projection import NO_INPUTS
from projections.timers.table import TIMERS
from projections.timers.usual_intervals import LEAST_INTERVALS, usual_intervals
from tests.support.due_instances import PLAIN, local
from tests.support.events import Fact, history
from tests.support.filled import SCHEMA, add, filled

FIRST, TODAY, NOW = local("2026-01-01 10:00"), local("2026-03-01 00:00"), local("2026-03-01 00:30")
PURCHASES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 63),
        st.lists(st.sampled_from(["tea", "green tea", "green  tea", "salt"]), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_size=60,
)
Purchase = tuple[int, int, list[str], bool]
PUBLISHED = DefinitionPublished(
    kind="automation",
    name="repurchase",
    version=1,
    effective_from=FIRST,
    body={"at": {"due": "repurchase"}, "then": [{"do": "open-task", "title": "Offer"}]},
)
RULE = NO_INPUTS._replace(definitions=history(Fact(FIRST, PUBLISHED)))


def counted(purchases: list[Purchase]) -> dict[str, int]:
    """What the statement says, in plain words: without what was returned, and without today."""
    days: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for customer, day, products, returned in purchases:
        if not returned and FIRST + timedelta(days=day) < TODAY:
            for product in {" ".join(each.split()) for each in products}:
                days[product, customer].append(day)
    intervals: defaultdict[str, list[int]] = defaultdict(list)
    for (product, _), of_customer in days.items():
        intervals[product] += [later - earlier for earlier, later in pairwise(sorted(of_customer))]
    return {product: round(median(of_all)) for product, of_all in intervals.items() if len(of_all) >= LEAST_INTERVALS}


def tea(*days: int) -> list[Purchase]:
    return [(0, day, ["tea"], False) for day in days]


def bought_by(customer: int, purchases: list[Purchase]) -> list[RecordedEvent]:
    facts = [Fact(FIRST - timedelta(days=1), c.CustomerRegistered(name="Lan"))]
    own = sorted((each for each in purchases if each[0] == customer), key=lambda each: each[1])
    for number, (_, day, products, returned) in enumerate(own):
        at = FIRST + timedelta(days=day)
        items = tuple(f.PurchasedItem(name=product, total=1, sku=None) for product in products)
        facts.append(Fact(at, f.PurchaseRecorded(purchase_id=f"P-{number}", items=items, total=1, currency="VND")))
        if returned:
            facts.append(Fact(at, f.PurchaseReturned(purchase_id=f"P-{number}", total=1, whole=True)))
    return [event._replace(stream=UUID(int=customer + 1)) for event in history(*facts)]


def test_the_usual_days_of_a_product_are_the_median_over_all_customers(database_url: str) -> None:
    with filled(database_url, [TIMERS]) as connection:

        @given(PURCHASES)
        @example(tea(0, 10, 20, 30, 40, 58)).via("the fifth interval ends yesterday")
        @example(tea(0, 10, 20, 30, 40, 59)).via("the fifth interval ends today")
        def agrees(purchases: list[Purchase]) -> None:
            connection.execute(f"truncate {SCHEMA}.product_purchases")
            add(connection, [TIMERS], *(bought_by(customer, purchases) for customer in range(4)), inputs=RULE)
            assert usual_intervals(connection, "default", NOW, PLAIN) == counted(purchases)

        agrees()
