"""What follows from a customer's facts: permission to contact, dates, totals of purchases, usage by day."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.http.filters import STORABLE
from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from api.http.routes.customer_facts import FactsOf, facts_of
from domain.customer.commands import AddressChannel
from domain.customer.facts.permission import Ground
from domain.messages import Id
from projections.contracts.table import CONTRACTS
from projections.customers.facts.queries import (
    FirstDays,
    OccasionRow,
    PurchaseTotal,
    first_days,
    first_days_of,
    occasions,
    permission_of,
    purchase_totals,
    totals_of,
)
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS, StoredCustomer
from projections.engine.point_in_time import rows_of_streams_as_they_were
from projections.usage.queries import UsageKey, key_of, last_values, usage_days
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
    said = {"purpose": purpose, "channel": channel, "day": facts.today}
    return view.answer(said | answer._asdict())


@router.get("/dates", summary="A customer's birthday, anniversaries and other dates", response_model=Occasions)
def customer_dates(
    customer_id: Id, reader: Annotated[ReadRequest, Depends(reader(CUSTOMERS, CUSTOMER_FACTS, CONTRACTS))]
) -> Response:
    """Recorded dates, and the anniversaries of the registration, the first purchase and the first contract."""
    with reader.live() as view:
        facts = facts_of(reader, view, customer_id)
        dates = occasions(
            facts.all(CUSTOMER_FACTS, "customer_dates"), _first_days(facts), facts.customers[0], facts.today
        )
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
        if reader.is_point_in_time:
            rows = [UsageDay(**values) for values in facts.all(USAGE, "usage_days")]
            days = [row for row in last_values(rows, product, metric) if after is None or key_of(row) < after]
        else:
            days = usage_days(
                view.connection,
                view.schema,
                facts.customers,
                product=product,
                metric=metric,
                after=after,
                limit=limit + 1,
            )
    page, following = page_of(days, limit, key_of)
    return view.answer({"days": page, "next": following})


def totals_in(facts: FactsOf) -> list[PurchaseTotal]:
    """The totals of all purchases, a row for each currency."""
    if facts.reader.is_point_in_time:
        return totals_of(facts.all(CUSTOMER_FACTS, "purchases"))
    return purchase_totals(facts.view.connection, facts.view.schema, facts.customers)


def _first_days(facts: FactsOf) -> FirstDays:
    reader, connection = facts.reader, facts.view.connection
    if not reader.is_point_in_time:
        return first_days(connection, facts.view.schema, facts.customers, facts.zone)
    rows = rows_of_streams_as_they_were(
        connection, reader.tenant, CUSTOMERS, facts.customers, known_at=reader.known_at, as_of=reader.as_of
    )
    registered = [row.registered_at for row in rows if isinstance(row, StoredCustomer) and row.registered_at]
    purchases, contracts = facts.all(CUSTOMER_FACTS, "purchases"), facts.all(CONTRACTS, "contracts")
    return first_days_of(registered, purchases, contracts, facts.zone)
