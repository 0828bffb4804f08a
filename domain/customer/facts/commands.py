"""The commands about what a customer does and gives."""

from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import to_json

from domain.customer.commands import AddressChannel
from domain.customer.facts.annual_day import annual_day_problem
from domain.messages import Amount, Command, Currency, Day, Id, Message, Text, Word

MOST_DATA = 16 * 1024
"""How many bytes the data of an external activity may take as JSON."""
DEEPEST_DATA = 32
"""How deep objects and arrays may nest in the data. The log reads JSON that is about 200 levels deep."""

ConsentPurpose = Literal["care", "marketing", "survey"]
NoteTopic = Literal["care", "sales", "account"]
Months = Annotated[StrictInt, Field(ge=1, le=240)]


class Item(Message):
    """``total`` is the price of all its pieces, in minor units of the purchase's currency."""

    name: Word
    quantity: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1
    total: Amount
    sku: Word | None = None


class PurchaseEntry(Command):
    """All that is to be recorded of a purchase."""

    purchase_id: Word
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]
    total: Amount
    currency: Currency
    warranty_until: Day | None = None
    service_every: Months | None = None


class RecordPurchase(PurchaseEntry):
    """``purchase_id`` is unique for the customer. ``service_every`` is a number of months between services."""


class CorrectPurchase(PurchaseEntry):
    """Replaces what was recorded of a purchase."""

    reason: Text


class ReturnPurchase(Command):
    """``total`` is what the customer gets back by this return. ``whole``: nothing of the purchase is kept."""

    purchase_id: Word
    total: Amount
    whole: StrictBool = False


class ServicePurchase(Command):
    """A service of a purchase was done ``on`` this day."""

    purchase_id: Word
    on: Day


class MakeOffer(Command):
    """``value`` is in minor units, that of a year when the offer is ``recurring``. ``valid_until`` is its last day."""

    offer_id: Word
    product: Word
    value: Amount | None = None
    currency: Currency | None = None
    recurring: StrictBool = False
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _value_with_currency(self) -> Self:
        if (self.value is None) != (self.currency is None):
            raise ValueError("give a value and a currency, or neither")
        return self


class AcceptOffer(Command):
    """``value`` is what was agreed, where it differs from the offer."""

    offer_id: Word
    value: Amount | None = None


class DeclineOffer(Command):
    offer_id: Word


class AnswerNps(Command):
    """``wave`` names a wave of the relationship survey; ``ticket`` is that of a transactional answer."""

    score: Annotated[StrictInt, Field(ge=0, le=10)]
    comment: Text | None = None
    wave: Word | None = None
    ticket: Id | None = None


class RecordCheckIn(Command):
    """A contact that the team began took place."""

    channel: Word
    summary: Text


class AddCustomerNote(Command):
    """Adds an internal note about care, sales or the account."""

    about: NoteTopic
    body: Text


class GiveConsent(Command):
    """No channels mean every channel. ``evidence`` says where the consent can be seen."""

    purpose: ConsentPurpose
    channels: Annotated[tuple[AddressChannel, ...], Field(max_length=20)] = ()
    evidence: Text
    valid_until: Day | None = None


class WithdrawConsent(Command):
    """No channels mean every channel."""

    purpose: ConsentPurpose
    channels: Annotated[tuple[AddressChannel, ...], Field(max_length=20)] = ()


class RecordDate(Command):
    """A day of every year, such as ``birthday``. A ``lunar`` day is one of the Vietnamese calendar."""

    name: Word
    day: Annotated[StrictInt, Field(ge=1, le=31)]
    month: Annotated[StrictInt, Field(ge=1, le=12)]
    year: Annotated[StrictInt, Field(ge=1800, le=2200)] | None = None
    lunar: StrictBool = False

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if problem := annual_day_problem(self.day, self.month, self.year, lunar=self.lunar):
            raise ValueError(problem)
        return self


class RemoveDate(Command):
    name: Word


class RecordActivity(Command):
    """Something that another system saw. The first record of a source and an external id counts; others stay quiet.

    ``data`` takes at most 16 KiB as JSON.
    """

    source: Word
    external_id: Word
    kind: Word
    title: Word
    data: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _small(self) -> Self:
        written = to_json(self.data)
        if len(written) > MOST_DATA:
            raise ValueError(f"data takes {len(written)} bytes as JSON; at most {MOST_DATA} are kept")
        _must_be_storable(self.data)
        return self


def _must_be_storable(value: object, levels: int = DEEPEST_DATA) -> None:
    """Raises ValueError when a value of JSON cannot be read back as it is written."""
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("data holds a NUL character, which cannot be stored")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("data holds a number that JSON cannot hold")
    if isinstance(value, dict | list):
        if levels == 0:
            raise ValueError(f"data nests deeper than {DEEPEST_DATA} levels")
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        for part in parts:
            _must_be_storable(part, levels - 1)


FactCommand = (
    RecordPurchase
    | CorrectPurchase
    | ReturnPurchase
    | ServicePurchase
    | MakeOffer
    | AcceptOffer
    | DeclineOffer
    | AnswerNps
    | RecordCheckIn
    | AddCustomerNote
    | GiveConsent
    | WithdrawConsent
    | RecordDate
    | RemoveDate
)
"""What the customer's stream decides alone."""
