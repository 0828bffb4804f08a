"""The tickets behind a share of the first contact figures."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.report_request import ReportRequest, for_tickets
from projections.customers.table import CUSTOMERS
from projections.first_contact import queries as first_contact
from projections.first_contact.table import FIRST_CONTACT

router = APIRouter(prefix="/v1/reports/first-contact", tags=["reports"])

_KEY = TypeAdapter(tuple[AwareDatetime, UUID])


class JudgedTickets(BaseModel):
    """``next`` is the cursor of the next page."""

    tickets: list[first_contact.JudgedTicket]
    next: str | None


@router.get("/tickets", summary="The tickets behind a share", response_model=JudgedTickets)
def first_contact_tickets(
    report: Annotated[ReportRequest, Depends(for_tickets(FIRST_CONTACT, CUSTOMERS))],
    variant: first_contact.Variant = "headline",
    part: Literal["numerator", "denominator"] = "denominator",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _KEY)
    with report.reader.view() as view:
        tickets = first_contact.first_contact_tickets(
            view.connection,
            view.schema,
            report.query(view).scope,
            now=view.now,
            variant=variant,
            part=part,
            after=after,
            limit=limit + 1,
        )
    page, following = page_of(tickets, limit, lambda ticket: (ticket.resolved_at, ticket.ticket))
    return view.answer({"tickets": page, "next": following})
