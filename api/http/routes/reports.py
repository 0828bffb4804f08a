"""What managers ask: first contact, repeat contacts, handling time, satisfaction, reopenings, workload."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, page_of, place_of
from api.http.read_session import ReadRequest, reader
from api.http.report_period import Period, Report, ReportRequest, asked_in_groups, asked_of_tickets, period
from projections.backlog.queries import Workload, workload
from projections.backlog.table import BACKLOG
from projections.figures import service_figures as figures
from projections.first_contact import queries as first_contact
from projections.first_contact.table import FIRST_CONTACT
from projections.tickets.table import TICKETS

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_PLACE = TypeAdapter(tuple[AwareDatetime, UUID])
AskedOfTickets = Annotated[ReportRequest, Depends(asked_in_groups(TICKETS))]
AskedOfFirstContact = Annotated[ReportRequest, Depends(asked_in_groups(FIRST_CONTACT))]


class JudgedTickets(BaseModel):
    """``next`` is the cursor of the next page."""

    tickets: list[first_contact.JudgedTicket]
    next: str | None


@router.get(
    "/first-contact",
    summary="First contact resolution: the headline and every variant",
    response_model=Report[first_contact.FirstContactFigures],
)
def first_contact_report(asked: AskedOfFirstContact) -> Response:
    return asked.answer(
        lambda view, scope: first_contact.first_contact_resolution(view.connection, view.schema, scope, now=view.now)
    )


@router.get("/first-contact/tickets", summary="The tickets behind a share", response_model=JudgedTickets)
def first_contact_tickets(
    asked: Annotated[ReportRequest, Depends(asked_of_tickets(FIRST_CONTACT))],
    variant: first_contact.Variant = "headline",
    part: Literal["numerator", "denominator"] = "denominator",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = place_of(cursor, _PLACE)
    with asked.reader.view() as view:
        found = first_contact.first_contact_tickets(
            view.connection,
            view.schema,
            asked.scope(view.now),
            now=view.now,
            variant=variant,
            part=part,
            after=after,
            limit=limit + 1,
        )
    page, following = page_of(found, limit, lambda judged: (judged.resolved_at, judged.ticket))
    return view.answer({"tickets": page, "next": following})


@router.get(
    "/repeat-contacts",
    summary="Customers who came back with the same",
    response_model=Report[first_contact.RepeatFigures],
)
def repeat_contacts(
    reader: Annotated[ReadRequest, Depends(reader(FIRST_CONTACT))], period: Annotated[Period, Depends(period)]
) -> Response:
    return ReportRequest(reader, period).answer(
        lambda view, scope: [
            first_contact.repeat_rate(view.connection, view.schema, scope.start, scope.end, now=view.now)
        ]
    )


@router.get(
    "/handling-time", summary="Handling time, elapsed and effort", response_model=Report[figures.HandlingFigures]
)
def handling_time(asked: AskedOfTickets) -> Response:
    return asked.answer(lambda view, scope: figures.handling_time(view.connection, view.schema, scope))


@router.get("/satisfaction", summary="Customer satisfaction", response_model=Report[figures.SatisfactionFigures])
def satisfaction(asked: AskedOfTickets) -> Response:
    return asked.answer(lambda view, scope: figures.satisfaction(view.connection, view.schema, scope))


@router.get("/reopenings", summary="Tickets that came back", response_model=Report[figures.ReopenFigures])
def reopenings(asked: AskedOfTickets) -> Response:
    return asked.answer(lambda view, scope: figures.reopen_rate(view.connection, view.schema, scope))


@router.get("/workload", summary="Open tickets per team and agent", response_model=list[Workload])
def workload_report(reader: Annotated[ReadRequest, Depends(reader(BACKLOG))]) -> Response:
    with reader.view() as view:
        found = workload(view.connection, view.schema, view.now)
    return view.answer(found)
