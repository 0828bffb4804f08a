"""Search: customers and tickets by what people remember of them, and suggestions while they type."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from api.http.customer_readings.search import customer_hits, ticket_hits
from api.http.filters import STORABLE
from api.http.read_session import ReadRequest, reader
from domain.customer.commands import Region
from projections.customers.table import CUSTOMERS
from projections.search.queries import CustomerHit, TicketHit
from projections.search.table import SEARCH
from projections.tickets.table import TICKETS

router = APIRouter(prefix="/v1", tags=["search"])

Text = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=STORABLE,
        description="Words of a name, digits of a number, an address, a reference, or words of a subject.",
    ),
]
OfRegion = Annotated[Region, Query(description="The country whose national numbers are meant, such as VN.")]
Hits = Annotated[int, Query(ge=1, le=50, description="How many hits of each kind there are at most.")]


class Suggestions(BaseModel):
    """The likeliest first. ``customer`` is the survivor of merges, ``found`` the customer with the term."""

    customers: list[CustomerHit]


class SearchResult(Suggestions):
    """Customers, and the newest tickets."""

    tickets: list[TicketHit]


@router.get("/customers/suggest", summary="Customers that a beginning may mean", response_model=Suggestions)
def suggest(
    q: Text,
    reader: Annotated[ReadRequest, Depends(reader(SEARCH, CUSTOMERS))],
    region: OfRegion = "VN",
    limit: Hits = 8,
) -> Response:
    """Accents and the order of words do not matter. Made to be asked with every letter that is typed."""
    with reader.view() as view:
        hits = customer_hits(view, q, region, limit)
    return view.answer({"customers": hits})


@router.get("/search", summary="Customers and tickets", response_model=SearchResult)
def search(
    q: Text,
    reader: Annotated[ReadRequest, Depends(reader(SEARCH, CUSTOMERS, TICKETS))],
    region: OfRegion = "VN",
    limit: Hits = 20,
) -> Response:
    """Customers by name, number, address and reference; tickets by id, reference and the words of their subject."""
    with reader.view() as view:
        customers, tickets = customer_hits(view, q, region, limit), ticket_hits(view, q, limit)
    return view.answer({"customers": customers, "tickets": tickets})
