"""Customers: the list, one of them, and those with an address."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.http.filters import Filter
from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.problems import malformed
from api.http.read_session import ReadRequest, reader
from domain.customer.commands import AddressChannel
from domain.messages import Id
from projections.customers import queries
from projections.customers.queries import CustomerRow
from projections.customers.table import CUSTOMERS

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_KEY = TypeAdapter(UUID)
_read_customers = reader(CUSTOMERS)


class CustomerList(BaseModel):
    """``next`` is the cursor of the next page; an address is answered on one page."""

    customers: list[CustomerRow]
    next: str | None


@router.get("", summary="Customers, or those with an address", response_model=CustomerList)
def customers(
    reader: Annotated[ReadRequest, Depends(_read_customers)],
    channel: Annotated[AddressChannel | None, Query(description="With `handle`: an address.")] = None,
    handle: Filter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    if (channel is None) != (handle is None):
        raise malformed([{"loc": ("handle",), "msg": "an address is a channel and a handle: give both"}])
    with reader.view() as view:
        if channel is not None and handle is not None:
            rows = queries.customers_at(view.connection, view.schema, channel, handle)
            return view.answer({"customers": rows, "next": None})
        after = cursor_key(cursor, _KEY)
        rows = queries.customers(view.connection, view.schema, after=after, limit=limit + 1)
    page, following = page_of(rows, limit, lambda row: row.customer)
    return view.answer({"customers": page, "next": following})


@router.get("/{customer_id}", summary="A customer, now or at an instant", response_model=CustomerRow)
def customer(customer_id: Id, reader: Annotated[ReadRequest, Depends(_read_customers)]) -> Response:
    """Of a merged customer the answer is the survivor, whose address is in the Content-Location.

    Their tickets: /v1/tickets?customer=...
    """
    return reader.one(
        customer_id, queries.customer, lambda rows, _: queries.customer_in(rows), customers_path=router.prefix
    )
