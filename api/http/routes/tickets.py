"""Tickets: the list, one of them, and its SLA clocks."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, TypeAdapter

from api.http.filters import Filter, criteria
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from api.http.report_request import dimensions
from domain.messages import Id
from domain.sla.clock.explain import Explanation
from domain.text_folding import fold_code
from projections.customers.table import CUSTOMERS
from projections.sla.ticket_clocks import ticket_clocks
from projections.tickets import queries
from projections.tickets.table import TICKETS, TicketRow

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

State = Annotated[
    Literal["received", "assigned", "in_progress", "waiting", "resolved", "closed", "merged", "cancelled"],
    BeforeValidator(fold_code),
]
_KEY = TypeAdapter(tuple[AwareDatetime, UUID])
_read_tickets = reader(TICKETS, CUSTOMERS)


class TicketList(BaseModel):
    """The newest tickets first. ``next`` is the cursor of the next page."""

    tickets: list[TicketRow]
    next: str | None


@router.get("", summary="Tickets, the newest first", response_model=TicketList)
def tickets(
    reader: Annotated[ReadRequest, Depends(_read_tickets)],
    where: Annotated[dict[Any, Any], Depends(dimensions)],
    state: Annotated[list[State] | None, Query(max_length=8)] = None,
    open: Annotated[bool | None, Query(description="Only tickets before their resolution.")] = None,  # noqa: A002 -- the public name
    customer: Id | None = None,
    external_reference: Filter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    filters = where | criteria(open=open, customer=customer, external_reference=external_reference)
    after = cursor_key(cursor, _KEY)
    with reader.view() as view:
        page = queries.tickets(view.connection, view.schema, filters, states=state, after=after, limit=limit)
    return view.answer({"tickets": page.tickets, "next": cursor_of(page.next)})


@router.get("/{ticket_id}", summary="A ticket, now or at an instant", response_model=TicketRow)
def ticket(ticket_id: Id, reader: Annotated[ReadRequest, Depends(_read_tickets)]) -> Response:
    """The ETag is the version that If-Match takes."""
    return reader.one(ticket_id, queries.one_ticket, queries.ticket_in)


@router.get(
    "/{ticket_id}/sla",
    summary="The SLA clocks of a ticket at an instant, each explained",
    response_model=list[Explanation],
)
def ticket_sla(ticket_id: Id, reader: Annotated[ReadRequest, Depends(reader())]) -> Response:
    """They are computed from the ticket's events: no projection has to catch up first."""
    with reader.live() as view:
        clocks = ticket_clocks(view.connection, reader.tenant, ticket_id, at=view.now, known_at=reader.known_at)
    if not clocks:
        raise Problem("not_found", "no such ticket, or nothing was promised for it by then")
    return view.answer(clocks)
