"""The tickets behind the backlog and its flow."""

from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.covered_instant import CoveredInstant
from api.http.filters import Filter, criteria
from api.http.paging import Cursor, Limit, Version, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from api.http.report_request import ReportRequest, dimensions, period
from domain.ticket.timeline import Entry, Exit
from projections.backlog.flow import crossings
from projections.backlog.queries import AgeGroup, Since, backlog_tickets
from projections.backlog.table import BACKLOG, Crossing, OpenTicket
from projections.scope.periods import RequestedPeriod

router = APIRouter(prefix="/v1/reports/backlog", tags=["reports"])

At = Annotated[CoveredInstant | None, Query(description="The instant of the backlog; now when it is not given.")]
CrossingKind = Entry | Exit
ReadBacklog = Annotated[ReadRequest, Depends(reader(BACKLOG))]
_OPEN_KEY = TypeAdapter(UUID)
_CROSSING_KEY = TypeAdapter(tuple[AwareDatetime, UUID, Version])


class OpenTickets(BaseModel):
    """``next`` is the cursor of the next page."""

    tickets: list[OpenTicket]
    next: str | None


class CrossingPage(BaseModel):
    """``next`` is the cursor of the next page."""

    crossings: list[Crossing]
    next: str | None


async def open_dimensions(
    where: Annotated[dict[Any, Any], Depends(dimensions)], state: Filter = None
) -> dict[Any, Any]:
    """The filters on open tickets that are given."""
    return where | criteria(state=state)


OpenFilters = Annotated[dict[Any, Any], Depends(open_dimensions)]


@router.get("/tickets", summary="The tickets behind a figure of the backlog", response_model=OpenTickets)
def backlog_tickets_report(
    reader: ReadBacklog,
    where: OpenFilters,
    at: At = None,
    since: Since = "received",
    age: AgeGroup | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _OPEN_KEY)
    with reader.view() as view:
        tickets = backlog_tickets(
            view.connection, view.schema, at or view.now, where, since=since, age=age, after=after, limit=limit + 1
        )
    page, following = page_of(tickets, limit, lambda open_ticket: open_ticket.ticket)
    return view.answer({"tickets": page, "next": following})


@router.get("/crossings", summary="The tickets behind a flow", response_model=CrossingPage)
def backlog_crossings(
    reader: ReadBacklog,
    where: OpenFilters,
    period: Annotated[RequestedPeriod, Depends(period)],
    kind: Annotated[list[CrossingKind] | None, Query(max_length=7)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _CROSSING_KEY)
    kinds = kind or (*get_args(Entry), *get_args(Exit))
    with reader.view() as view:
        start, end = ReportRequest(reader, period).days(view).span(view.now)
        rows = crossings(view.connection, view.schema, start, end, kinds, where=where, after=after, limit=limit + 1)
    page, following = page_of(rows, limit, lambda crossing: (crossing.at, crossing.ticket, crossing.version))
    return view.answer({"crossings": page, "next": following})
