"""Customers: the list, one of them, those with an address, the matches that wait, and what followed a merge."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.http.customer_readings.identity import identity_rules, over_limit
from api.http.customer_readings.since_merge import since_merge as recorded_since_merge
from api.http.filters import Filter
from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.problems import malformed, unknown_id
from api.http.read_session import ReadRequest, ReadSession, reader
from domain.customer.address_keys import WrittenAddress
from domain.customer.commands import AddressChannel, Region
from domain.customer.identification import Candidate, Identity, identify
from domain.messages import Id
from projections.customers import queries
from projections.customers.customers_at_address import customers_at
from projections.customers.during_merge import RecordedMeanwhile
from projections.customers.proposals import ProposalKey, WaitingMatch, waiting_matches
from projections.customers.queries import CustomerRow
from projections.customers.table import CUSTOMERS
from projections.tickets.of_customer import last_tickets
from projections.tickets.table import TICKETS

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_KEY = TypeAdapter(UUID)
_PROPOSAL_KEY: TypeAdapter[ProposalKey] = TypeAdapter(ProposalKey)
_read_customers = reader(CUSTOMERS)
_read_with_tickets = reader(CUSTOMERS, TICKETS)
Scope = Annotated[
    str | None, Query(max_length=200, description="The account in which the handle means something; the tenant.")
]
OfRegion = Annotated[Region, Query(description="The ISO country of national telephone numbers.")]


class CustomerList(BaseModel):
    """``next`` is the cursor of the next page. An address is answered on one page, with whom it identifies."""

    customers: list[CustomerRow]
    next: str | None
    identity: Identity | None = None


class MatchList(BaseModel):
    """``next`` is the cursor of the next page."""

    matches: list[WaitingMatch]
    next: str | None


@router.get("", summary="Customers, or those with an address", response_model=CustomerList)
def customers(
    reader: Annotated[ReadRequest, Depends(_read_with_tickets)],
    channel: Annotated[AddressChannel | None, Query(description="With `handle`: an address.")] = None,
    handle: Filter = None,
    scope: Scope = None,
    region: OfRegion = "VN",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Merged customers are answered by their survivors. A claimed address finds nobody."""
    if (channel is None) != (handle is None):
        raise malformed([{"loc": ("handle",), "msg": "an address is a channel and a handle: give both"}])
    with reader.view() as view:
        if channel is not None and handle is not None:
            return _at(reader, view, WrittenAddress(channel, handle, scope, region))
        after = cursor_key(cursor, _KEY)
        rows = queries.customers(view.connection, view.schema, after=after, limit=limit + 1)
    page, following = page_of(rows, limit, lambda row: row.customer)
    return view.answer({"customers": page, "next": following, "identity": None})


def _at(reader: ReadRequest, view: ReadSession, written: WrittenAddress) -> Response:
    rules = identity_rules(reader, view)
    if rules.is_blocked(written):
        return view.answer({"customers": [], "next": None, "identity": identify([])})
    channel, handle, scope, region, _ = written
    hits = customers_at(view.connection, view.schema, channel, handle, scope=scope, region=region)
    ids = [each.customer for each in hits]
    used = last_tickets(view.connection, view.schema, ids) if len(hits) > 1 else {}
    identity = identify(
        [Candidate(each.customer, each.trust, each.shared, used.get(each.customer, each.added_at)) for each in hits]
    )
    rows = queries.customers_of(view.connection, view.schema, ids)
    merged = {each.customer: each.merged for each in hits}
    for row in rows:
        row.asked = next(iter(merged[row.customer]), None)
        row.over_limit = over_limit(rules, row)
    return view.answer({"customers": rows, "next": None, "identity": identity})


@router.get("/matches", summary="Proposed matches that wait for an answer", response_model=MatchList)
def matches(
    reader: Annotated[ReadRequest, Depends(_read_customers)],
    customer: Annotated[Id | None, Query(description="Of this customer alone.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The oldest first."""
    after = cursor_key(cursor, _PROPOSAL_KEY)
    with reader.view() as view:
        rows = waiting_matches(view.connection, view.schema, customer=customer, after=after, limit=limit + 1)
    page, following = page_of(rows, limit, lambda row: (row.proposed_at, row.customer, row.other))
    return view.answer({"matches": page, "next": following})


@router.get("/{customer_id}", summary="A customer, now or at an instant", response_model=CustomerRow)
def customer(customer_id: Id, reader: Annotated[ReadRequest, Depends(_read_customers)]) -> Response:
    """A merged customer is answered by its survivor, which names it as ``asked`` and has its address as
    Content-Location. Tickets: /v1/tickets?customer=...
    """
    headers: dict[str, str] = {}
    with reader.stream_view(queries.customer, lambda rows, _: queries.customer_in(rows)) as (view, row_of):
        survivor = reader.survivor(view, customer_id)
        row = row_of(survivor)
        if row is None:
            raise unknown_id()
        if survivor != customer_id:
            row.asked = customer_id
            headers["Content-Location"] = f"{router.prefix}/{survivor}"
        row.over_limit = over_limit(identity_rules(reader, view), row)
        return view.answer(row, etag=str(row.version), headers=headers)


@router.get(
    "/{customer_id}/recorded-since-merge",
    summary="What was recorded on the survivor of a merge",
    response_model=list[RecordedMeanwhile],
)
def since_merge(customer_id: Id, reader: Annotated[ReadRequest, Depends(_read_with_tickets)]) -> Response:
    """From the last merge of the customer until its undoing, or until now. It stays on the survivor after the undoing;
    a ticket is moved by correct-customer.
    """
    with reader.live() as view:
        return view.answer(recorded_since_merge(reader, view, customer_id))
