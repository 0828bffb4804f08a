"""The facts of customers as readings show them: with what follows from the local day of the reading."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict

from domain.customer_figures.nps import NpsGroup, nps_group
from domain.days import months_later
from domain.local_time import local_day
from domain.zones import TimeZone


def _parsed(written: object) -> object:
    return json.loads(written) if isinstance(written, str) else written


class ShownFact(BaseModel):
    """A fact of a customer: ``at`` is when it happened, ``version`` that of its event on the customer's stream."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    customer: UUID
    version: int
    at: datetime

    @classmethod
    def of(cls, values: dict[str, Any], today: date, zone: TimeZone) -> Self:  # noqa: ARG003 -- some facts need them
        """The fact of a row, on a local day."""
        return cls(**values)


class BoughtItem(BaseModel):
    """``total`` is the price of all its pieces, in minor units."""

    model_config = ConfigDict(frozen=True)

    name: str
    quantity: int
    total: int
    sku: str | None


class PurchaseRow(ShownFact):
    """A purchase. Money is in minor units; ``returned`` is what was given back, ``corrected`` whether it was changed.

    ``state`` is recorded, partly_returned or returned (nothing is kept). ``next_service_on`` counts from the last
    service, or from the day of the purchase; None without maintenance or when nothing is kept.
    """

    purchase_id: str
    items: Annotated[list[BoughtItem], BeforeValidator(_parsed)]
    total: int
    currency: str
    returned: int
    state: Literal["recorded", "partly_returned", "returned"]
    warranty_until: date | None
    under_warranty: bool
    service_every: int | None
    serviced_on: list[date]
    next_service_on: date | None
    corrected: bool

    @classmethod
    def of(cls, values: dict[str, Any], today: date, zone: TimeZone) -> Self:
        whole, until, every = values["whole"], values["warranty_until"], values["service_every"]
        last = max(values["serviced_on"], default=local_day(values["at"], zone))
        return cls(
            **values,
            state="returned" if whole else "partly_returned" if values["returned"] else "recorded",
            under_warranty=not whole and until is not None and today <= until,
            next_service_on=None if whole or every is None else months_later(last, every, last.day),
        )


class OfferRow(ShownFact):
    """An offer. Money is in minor units. ``state`` is that of the day of the reading."""

    offer_id: str
    product: str
    value: int | None
    currency: str | None
    recurring: bool
    valid_until: date | None
    state: Literal["open", "accepted", "declined", "expired"]
    answered_at: datetime | None
    agreed: int | None

    @classmethod
    def of(cls, values: dict[str, Any], today: date, zone: TimeZone) -> Self:  # noqa: ARG003 -- as the others
        until = values["valid_until"]
        open_ = "expired" if until is not None and today > until else "open"
        state: Any = values["answer"] or open_
        return cls(**values, state=state)


class NpsRow(ShownFact):
    """An answer to an NPS survey. ``group`` is promoter (9-10), passive (7-8) or detractor (0-6)."""

    score: int
    group: NpsGroup
    comment: str | None
    wave: str | None
    ticket: UUID | None

    @classmethod
    def of(cls, values: dict[str, Any], today: date, zone: TimeZone) -> Self:  # noqa: ARG003 -- as the others
        return cls(**values, group=nps_group(values["score"]))


class ConsentRow(ShownFact):
    """What the customer said of a purpose. No channels mean every channel."""

    purpose: str
    given: bool
    channels: list[str]
    evidence: str | None
    valid_until: date | None


class ActivityRow(ShownFact):
    """Something that another system saw."""

    source: str
    external_id: str
    kind: str
    title: str
    data: Annotated[dict[str, Any], BeforeValidator(_parsed)]


class CheckInRow(ShownFact):
    """A contact that the team began."""

    channel: str
    summary: str


class NoteRow(ShownFact):
    """An internal note. ``about`` is care, sales or account."""

    about: str
    body: str
