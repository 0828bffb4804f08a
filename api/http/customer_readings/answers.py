"""What follows from the facts of a customer: totals of purchases, days of every year, usage by day."""

from itertools import chain

from api.http.customer_readings.facts import FactsOf
from projections.contracts.table import CONTRACTS
from projections.customers.facts.queries import (
    FirstDays,
    OccasionRow,
    PurchaseTotal,
    first_days,
    first_days_of,
    occasions,
    purchase_totals,
    totals_of,
)
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS, StoredCustomer
from projections.usage.queries import UsageKey, last_values, usage_days, usage_key
from projections.usage.table import USAGE, UsageDay


def totals_in(facts: FactsOf) -> list[PurchaseTotal]:
    """The totals of all purchases, a row for each currency."""
    if facts.reader.is_point_in_time:
        return totals_of(facts.all(CUSTOMER_FACTS, "purchases"))
    return purchase_totals(facts.view.connection, facts.view.schema, facts.customers)


def dates_in(facts: FactsOf) -> list[OccasionRow]:
    """The recorded dates and the anniversaries, the next one first."""
    recorded = facts.all(CUSTOMER_FACTS, "customer_dates")
    return occasions(recorded, _first_days(facts), facts.customers[0], facts.today)


def usage_in(
    facts: FactsOf,
    *,
    product: str | None = None,
    metric: str | None = None,
    after: UsageKey | None = None,
    limit: int = 100,
) -> list[UsageDay]:
    """The last value of each metric and day, the newest day first; at an instant ``limit`` does not bound the list."""
    if not facts.reader.is_point_in_time:
        return usage_days(
            facts.view.connection,
            facts.view.schema,
            facts.customers,
            product=product,
            metric=metric,
            after=after,
            limit=limit,
        )
    rows = [UsageDay(**values) for values in facts.all(USAGE, "usage_days")]
    return [row for row in last_values(rows, product, metric) if after is None or usage_key(row) < after]


def _first_days(facts: FactsOf) -> FirstDays:
    if not facts.reader.is_point_in_time:
        return first_days(facts.view.connection, facts.view.schema, facts.customers, facts.zone)
    rows = chain.from_iterable(facts.rows_of(CUSTOMERS, facts.customers).values())
    registered = [row.registered_at for row in rows if isinstance(row, StoredCustomer) and row.registered_at]
    purchases, contracts = facts.all(CUSTOMER_FACTS, "purchases"), facts.all(CONTRACTS, "contracts")
    return first_days_of(registered, purchases, contracts, facts.zone)
