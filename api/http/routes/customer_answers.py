"""What follows from a customer's facts: permission to contact, dates, totals of purchases, usage by day."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.http.customer_readings.answers import dates_in, totals_in, usage_in
from api.http.customer_readings.facts import facts_of
from api.http.filters import STORABLE
from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from domain.customer.commands import AddressChannel
from domain.customer.facts.permission import Ground
from domain.messages import Id
from projections.contracts.table import CONTRACTS
from projections.customers.facts.queries import OccasionRow, PurchaseTotal, permission_of
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.usage.queries import UsageKey, usage_key
from projections.usage.table import USAGE, UsageDay

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["customer facts"])

Purpose = Literal["service", "care", "marketing", "survey"]
Word = Annotated[str | None, Query(max_length=200, pattern=STORABLE)]
ReadFacts = Annotated[ReadRequest, Depends(reader(CUSTOMERS, CUSTOMER_FACTS))]
_USAGE_KEY: TypeAdapter[UsageKey] = TypeAdapter(tuple[date, str, str, UUID])


class PermissionRow(BaseModel):
    """Whether the business may contact the customer, on the local day of the reading.

    ``ground``: not_needed (service), given, withdrawn, expired, or silence; of expired and silence the policy says
    what they mean. ``since`` is when the customer said it.
    """

    purpose: Purpose
    channel: AddressChannel
    day: date
    allowed: bool
    ground: Ground
    since: datetime | None
    valid_until: date | None
    policy_version: int


class Occasions(BaseModel):
    """The next occasion first."""

    dates: list[OccasionRow]


class PurchaseTotals(BaseModel):
    """A row for each currency."""

    totals: list[PurchaseTotal]


class UsageDays(BaseModel):
    """The newest day first. ``next`` is the cursor of the next page."""

    days: list[UsageDay]
    next: str | None


@router.get("/permission", summary="Whether a customer may be contacted for a purpose", response_model=PermissionRow)
def customer_permission(
    customer_id: Id,
    reader: ReadFacts,
    purpose: Annotated[Purpose, Query()],
    channel: Annotated[AddressChannel, Query()],
) -> Response:
    """With `as_of`: whether it was allowed then; with `known_at`: as far as was known then."""
    with reader.live() as view:
        facts = facts_of(reader, view, customer_id)
        answer = permission_of(facts.all(CUSTOMER_FACTS, "consents"), purpose, channel, facts.today)
    context = {"purpose": purpose, "channel": channel, "day": facts.today}
    return view.answer(context | answer._asdict())


@router.get("/dates", summary="A customer's birthday, anniversaries and other dates", response_model=Occasions)
def customer_dates(
    customer_id: Id, reader: Annotated[ReadRequest, Depends(reader(CUSTOMERS, CUSTOMER_FACTS, CONTRACTS))]
) -> Response:
    """Recorded dates, and the anniversaries of the registration, the first purchase and the first contract."""
    with reader.live() as view:
        dates = dates_in(facts_of(reader, view, customer_id))
    return view.answer({"dates": dates})


@router.get("/purchase-totals", summary="The totals of a customer's purchases", response_model=PurchaseTotals)
def customer_purchase_totals(customer_id: Id, reader: ReadFacts) -> Response:
    with reader.live() as view:
        totals = totals_in(facts_of(reader, view, customer_id))
    return view.answer({"totals": totals})


@router.get("/usage", summary="What a customer uses, by metric and day", response_model=UsageDays)
def customer_usage(
    customer_id: Id,
    reader: Annotated[ReadRequest, Depends(reader(CUSTOMERS, USAGE))],
    product: Word = None,
    metric: Word = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    after = cursor_key(cursor, _USAGE_KEY)
    with reader.live() as view:
        facts = facts_of(reader, view, customer_id)
        days = usage_in(facts, product=product, metric=metric, after=after, limit=limit + 1)
    page, following = page_of(days, limit, usage_key)
    return view.answer({"days": page, "next": following})
