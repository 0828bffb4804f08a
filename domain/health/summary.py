"""What is known of a customer at an instant, over all streams of the customers that are one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

from domain.customer.facts.permission import ConsentWord

Part = Literal[
    "who",
    "organisations",
    "tickets",
    "late",
    "ratings",
    "contacts",
    "nps",
    "purchases",
    "contracts",
    "usage",
    "consents",
]
"""A part of a summary. ``who`` is tier, party and registration; ``late`` says it of tickets."""
STREAM_OF: Mapping[Part, str] = MappingProxyType(
    {
        "tickets": "ticket",
        "late": "ticket",
        "ratings": "ticket",
        "contacts": "ticket",
        "contracts": "contract",
        "usage": "usage",
    }
)
"""The kind of streams that a part is made of beside those of customers."""


class TicketSummary(NamedTuple):
    """``late``: a target was missed by then. ``counts``: it is no duplicate, neither merged away nor cancelled."""

    ticket: UUID
    received_at: datetime
    is_open: bool
    counts: bool
    reopened: bool
    late: bool


class Rating(NamedTuple):
    """An answer of the customer. ``score`` is 1 to 5 for a ticket, 0 to 10 for an NPS answer."""

    at: datetime
    score: int
    stream: UUID


class PurchaseSummary(NamedTuple):
    """``total`` is what is left of it after returns, in minor units; ``kept`` is False when nothing is left."""

    purchase_id: str
    at: datetime
    total: int
    currency: str
    kept: bool


class ContractSummary(NamedTuple):
    """The newest term of a contract. ``in_force``: the local day lies in one of its terms, up to a termination."""

    contract: UUID
    number: str
    ends_on: date
    in_force: bool
    auto_renews: bool


class DailyUsage(NamedTuple):
    """The value of a metric on a local day, and the limit if there is one. Product and metric are folded names."""

    product: str
    metric: str
    day: date
    value: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """The facts that had happened by ``at``. ``day`` is its local day.

    ``customer`` is the survivor; name, tier and party are its own, all else is that of the absorbed customers too.
    ``contacts`` are instants, ``consents`` what was said of a purpose in recorded order. No ``registered_at``: unknown.
    """

    customer: UUID
    at: datetime
    day: date
    name: str | None = None
    tier: str | None = None
    party: str | None = None
    registered_at: datetime | None = None
    organisations: frozenset[UUID] = frozenset()
    tickets: tuple[TicketSummary, ...] = ()
    ratings: tuple[Rating, ...] = ()
    nps: tuple[Rating, ...] = ()
    contacts: tuple[datetime, ...] = ()
    purchases: tuple[PurchaseSummary, ...] = ()
    contracts: tuple[ContractSummary, ...] = ()
    usage: tuple[DailyUsage, ...] = ()
    consents: Mapping[str, tuple[ConsentWord, ...]] | None = None

    def since(self, days: int) -> datetime:
        """The instant so many times 24 hours before; what happened after it happened in the last ``days``."""
        return self.at - timedelta(days=days)

    def days_since(self, instant: datetime) -> int:
        """Whole days of 24 hours from an instant to now."""
        return (self.at - instant) // timedelta(days=1)
