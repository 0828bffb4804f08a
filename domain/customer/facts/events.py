"""The events of what a customer does and gives.

They stand on the customer's stream.

Money is an integer in minor units and a currency (ISO 4217); VND has no minor unit. Days are local days.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from domain.messages import PERSONAL, Event, Message, Personal
from domain.personal_data.declaration import is_lost


class PurchasedItem(Message):
    """``total`` is the price of all its pieces, in minor units of the purchase's currency."""

    name: str
    quantity: int = 1
    total: int
    sku: str | None = None


class WholePurchase(Event):
    """All that is recorded of a purchase."""

    purchase_id: str
    items: Annotated[tuple[PurchasedItem, ...], PERSONAL]
    total: int
    currency: str
    warranty_until: date | None = None
    service_every: int | None = None


class PurchaseRecorded(WholePurchase):
    """``service_every`` is a number of months between services; None without maintenance."""

    topic = "customer.purchase_recorded"


class PurchaseCorrected(WholePurchase):
    """The purchase as it was in truth."""

    topic = "customer.purchase_corrected"


class PurchaseReturned(Event):
    """``total`` is what was given back by this return, in minor units; ``whole``: nothing of the purchase is left."""

    topic = "customer.purchase_returned"
    purchase_id: str
    total: int
    whole: bool


class PurchaseServiced(Event):
    topic = "customer.purchase_serviced"
    purchase_id: str
    on: date


class OfferMade(Event):
    """``value`` is in minor units, that of a year when the offer is ``recurring``. ``valid_until`` is its last day."""

    topic = "customer.offer_made"
    offer_id: str
    product: str
    value: int | None = None
    currency: str | None = None
    recurring: bool = False
    valid_until: date | None = None


class OfferAccepted(Event):
    """``value`` is what was accepted, where it differs from the offer."""

    topic = "customer.offer_accepted"
    offer_id: str
    value: int | None = None


class OfferDeclined(Event):
    topic = "customer.offer_declined"
    offer_id: str


class NpsAnswered(Event):
    """``score`` is 0 to 10. ``wave`` names a wave of the relationship survey; ``ticket`` is that of a transactional
    answer.
    """

    topic = "customer.nps_answered"
    score: int
    comment: Annotated[str | None, PERSONAL] = None
    wave: str | None = None
    ticket: UUID | None = None


class CheckInRecorded(Event):
    """A contact that the team began took place, such as a call to ask how things are."""

    topic = "customer.check_in_recorded"
    channel: str
    summary: Annotated[str, PERSONAL]


class CustomerNoteAdded(Event):
    """``about`` is care, sales or account."""

    topic = "customer.note_added"
    in_figures = False
    about: str
    body: Annotated[str, PERSONAL]


class ConsentGiven(Event):
    """``purpose`` is care, marketing or survey. ``channels`` empty means every channel."""

    topic = "customer.consent_given"
    purpose: str
    channels: tuple[str, ...] = ()
    evidence: Annotated[str, PERSONAL]
    valid_until: date | None = None


class ConsentWithdrawn(Event):
    """``channels`` empty means every channel."""

    topic = "customer.consent_withdrawn"
    purpose: str
    channels: tuple[str, ...] = ()


class DateRecorded(Event):
    """A day of every year, such as ``birthday``. A ``lunar`` day is one of the Vietnamese calendar."""

    topic = "customer.date_recorded"
    name: str
    day: Annotated[int, Personal(erased=1)]
    month: Annotated[int, Personal(erased=1)]
    year: Annotated[int | None, PERSONAL] = None
    lunar: bool = False

    @property
    def is_known(self) -> bool:
        """Whether its data key is not lost. Otherwise it is no day."""
        return not is_lost(self.day)


class DateRemoved(Event):
    topic = "customer.date_removed"
    name: str


class ActivityRecorded(Event):
    """Something that another system saw, once for each source and external id."""

    topic = "customer.activity_recorded"
    source: str
    external_id: str
    kind: str
    title: Annotated[str, PERSONAL]
    data: Annotated[dict[str, Any], PERSONAL] = Field(default_factory=dict)


CustomerFact = (
    PurchaseRecorded
    | PurchaseCorrected
    | PurchaseReturned
    | PurchaseServiced
    | OfferMade
    | OfferAccepted
    | OfferDeclined
    | NpsAnswered
    | CheckInRecorded
    | CustomerNoteAdded
    | ConsentGiven
    | ConsentWithdrawn
    | DateRecorded
    | DateRemoved
    | ActivityRecorded
)
"""What a customer does and gives."""


class ActivityClaimed(Event):
    """The activity is recorded, on the customer's stream. This stream holds it alone, so that it is recorded once."""

    topic = "activity.claimed"
    customer_id: UUID


ActivityClaimEvent = ActivityClaimed
"""What happens to the claim of an external activity."""
