"""Health and segments as readings: of one customer, of pages of customers, of one segment."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.definitions.kind import InEffect
from domain.definitions.overview import versions_of
from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file
from domain.health.definition import HealthDefinition
from domain.health.health import Health, HealthScore, health, judge
from domain.health.summary import CustomerSummary
from domain.segment.definition import SegmentDefinition
from domain.segment.fields import Customer360
from domain.segment.predicate import is_member
from projections.health.gather import GatheredCustomers, Source

_SQL = sql_file("projections.health", "health.sql")
AT_ONCE = 100
"""Customers that are gathered together."""
MOST_LOOKED_AT = 1_000
"""Customers that one page looks at; the next page goes on behind them."""

Definition = InEffect[HealthDefinition] | None
"""A definition of health to judge by; None: the one in effect at the instant."""


class CustomerPage(NamedTuple):
    """Customers, and the customer behind which the search goes on; None at the end."""

    customers: Sequence[tuple[CustomerSummary, Health]]
    behind: UUID | None


class OfHealth(Protocol):
    """Knows the definitions of health."""

    def definition(self, at: datetime) -> InEffect[HealthDefinition]:
        """The definition in effect at an instant."""


def health_at(known: OfHealth, summary: CustomerSummary, definition: Definition = None) -> Health:
    """The health of a summary by a definition, or by the one in effect at its instant."""
    chosen = definition or known.definition(summary.at)
    return health(summary, chosen.body, chosen.version)


def judged_at(known: OfHealth, summary: CustomerSummary, definition: Definition = None) -> HealthScore:
    """The score and the band of a summary, in the same way."""
    return judge(summary, (definition or known.definition(summary.at)).body)


def customer_health(source: Source, customer: UUID, at: datetime, definition: Definition = None) -> Health | None:
    """The health of the survivor of a customer at an instant; None when the customer was unknown by then."""
    gathered = GatheredCustomers(source, [customer])
    summary = gathered.summary(customer, at)
    return None if summary is None else health_at(gathered, summary, definition)


def health_page(
    source: Source, at: datetime, band: str | None, after: UUID | None, limit: int, definition: Definition = None
) -> CustomerPage:
    """Customers in a band, or in any, by id. It looks at MOST_LOOKED_AT customers at most."""
    return _page(source, at, after, limit, lambda _, judged: band in {None, judged.band}, definition)


def segment_page(
    source: Source, at: datetime, segment: SegmentDefinition, after: UUID | None, limit: int
) -> CustomerPage:
    """The customers in a segment, by id. It looks at MOST_LOOKED_AT customers at most."""
    return _page(source, at, after, limit, lambda summary, judged: in_segment(segment, summary, lambda: judged))


def in_segment(
    segment: SegmentDefinition, summary: CustomerSummary, judged: Callable[[], Health | HealthScore]
) -> bool:
    """Whether the customer of a summary is in a segment; ``judged`` is asked for when a condition needs the health."""
    return is_member(segment.members, Customer360(summary, cache(judged)))


def health_version(events: Sequence[RecordedEvent], number: int) -> InEffect[HealthDefinition]:
    """A published version of the health definition, 0 the built-in one. Raises LookupError."""
    for version in versions_of(events, "health"):
        if version.version == number:
            return InEffect(number, version.effective_from, HealthDefinition.model_validate(version.body))
    raise LookupError(f"there is no version {number} of the health definition, or not by then")


def _page(
    source: Source,
    at: datetime,
    after: UUID | None,
    limit: int,
    wanted: Callable[[CustomerSummary, Health], bool],
    definition: Definition = None,
) -> CustomerPage:
    wanted_customers: list[tuple[CustomerSummary, Health]] = []
    looked_at = 0
    for batch in batches(source, after):
        gathered = GatheredCustomers(source, batch)
        for customer in batch:
            summary = gathered.summary(customer, at)
            looked_at += 1
            if summary is not None and summary.customer == customer:
                judged = health_at(gathered, summary, definition)
                if wanted(summary, judged):
                    wanted_customers.append((summary, judged))
            if len(wanted_customers) == limit or looked_at == MOST_LOOKED_AT:
                return CustomerPage(wanted_customers, customer)
    return CustomerPage(wanted_customers, None)


def batches(source: Source, after: UUID | None = None) -> Iterator[list[UUID]]:
    """The ids of all customers behind one, merged ones too, in batches of AT_ONCE."""
    statement = _SQL["batch"].filled(schema=source.schema)
    while True:
        rows = source.connection.execute(statement, {"after": after, "limit": AT_ONCE}).fetchall()
        if not rows:
            return
        batch = [customer for (customer,) in rows]
        yield batch
        after = batch[-1]


def all_pages(page: Callable[[UUID | None, int], CustomerPage], most: int) -> list[tuple[CustomerSummary, Health]]:
    """What the pages hold one after the other, ``most`` customers at most. ``page(after, limit)`` gives one."""
    customers: list[tuple[CustomerSummary, Health]] = []
    after: UUID | None = None
    while True:
        more, after = page(after, most - len(customers))
        customers += more
        if after is None or len(customers) >= most:
            return customers
