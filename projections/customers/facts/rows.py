"""The rows of the facts of customers, as their tables hold them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from projections.engine.table import ClampedBigInt, ClampedInt, JsonText


@dataclass(slots=True)
class StoredFact:
    """``at`` is when it happened; ``version`` that of its event on the customer's stream."""

    customer: UUID
    version: int
    at: datetime


@dataclass(slots=True)
class KnownPurchase(StoredFact):
    """A purchase as it is known now. Money is in minor units; ``returned`` is what was given back."""

    purchase_id: str
    items: JsonText
    total: ClampedBigInt
    currency: str
    warranty_until: date | None
    service_every: ClampedInt | None
    returned: ClampedBigInt
    whole: bool
    serviced_on: list[date]
    corrected: bool


@dataclass(slots=True)
class StoredPurchase(KnownPurchase):
    """Before ``begun_at`` there was no event of it, from ``settled_at`` on the row says what was left of it."""

    begun_at: datetime
    settled_at: datetime


@dataclass(slots=True)
class StoredOffer(StoredFact):
    """An offer. ``answer`` is accepted or declined, ``agreed`` the value that was accepted."""

    offer_id: str
    product: str
    value: ClampedBigInt | None
    currency: str | None
    recurring: bool
    valid_until: date | None
    answer: str | None
    answered_at: datetime | None
    agreed: ClampedBigInt | None


@dataclass(slots=True)
class NpsAnswer(StoredFact):
    """An answer. ``organisation`` is the main or only one that the person belonged to then, or the customer itself."""

    score: ClampedInt
    comment: str | None
    wave: str | None
    wave_key: str | None
    ticket: UUID | None
    organisation: UUID | None


@dataclass(slots=True)
class StoredConsent(StoredFact):
    """What the customer said of a purpose. No channels mean every channel."""

    purpose: str
    given: bool
    channels: list[str]
    evidence: str | None
    valid_until: date | None


@dataclass(slots=True)
class StoredDate(StoredFact):
    """A day of every year."""

    name: str
    day: ClampedInt
    month: ClampedInt
    year: ClampedInt | None
    lunar: bool


@dataclass(slots=True)
class StoredActivity(StoredFact):
    source: str
    external_id: str
    kind: str
    title: str
    data: JsonText


@dataclass(slots=True)
class CheckIn(StoredFact):
    channel: str
    summary: str


@dataclass(slots=True)
class CustomerNote(StoredFact):
    about: str
    body: str
