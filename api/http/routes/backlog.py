"""The backlog at any instant, how it came about, and the tickets behind it."""

from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.filters import Filter, wanted
from api.http.paging import Cursor, Limit, page_of, place_of
from api.http.read_session import ReadRequest, reader
from api.http.report_period import Period, dimensions, period
from domain.messages import Instant
from domain.ticket.timeline import Entry, Exit
from projections.backlog.flow import Flow, backlog_flow, crossings
from projections.backlog.queries import AgeGroup, BacklogGroup, Since, backlog, backlog_tickets
from projections.backlog.table import BACKLOG, BacklogDimension, Crossing, OpenTicket
from projections.scope.periods import Every

router = APIRouter(prefix="/v1/reports/backlog", tags=["reports"])

At = Annotated[Instant | None, Query(description="The instant of the backlog; now when it is not given.")]
Kind = Entry | Exit
ReadBacklog = Annotated[ReadRequest, Depends(reader(BACKLOG))]
_OPEN_PLACE = TypeAdapter(UUID)
_CROSSING_PLACE = TypeAdapter(tuple[AwareDatetime, UUID, int])


class OpenTickets(BaseModel):
    """``next`` is the cursor of the next page."""

    tickets: list[OpenTicket]
    next: str | None


class Crossings(BaseModel):
    """``next`` is the cursor of the next page."""

    crossings: list[Crossing]
    next: str | None


async def open_dimensions(
    where: Annotated[dict[Any, Any], Depends(dimensions)], state: Filter = None
) -> dict[Any, Any]:
    """Which open tickets."""
    return where | wanted(state=state)


Where = Annotated[dict[Any, Any], Depends(open_dimensions)]


@router.get("", summary="The backlog at an instant, by any dimension, with ages", response_model=list[BacklogGroup])
def backlog_report(
    reader: ReadBacklog,
    where: Where,
    at: At = None,
    by: Annotated[list[BacklogDimension] | None, Query(max_length=6)] = None,
) -> Response:
    with reader.view() as view:
        found = backlog(view.connection, view.schema, at or view.now, tuple(dict.fromkeys(by or ())), where)
    return view.answer(found)


@router.get("/tickets", summary="The tickets behind a figure of the backlog", response_model=OpenTickets)
def backlog_tickets_report(
    reader: ReadBacklog,
    where: Where,
    at: At = None,
    since: Since = "received",
    age: AgeGroup | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = place_of(cursor, _OPEN_PLACE)
    with reader.view() as view:
        found = backlog_tickets(
            view.connection, view.schema, at or view.now, where, since=since, age=age, after=after, limit=limit + 1
        )
    page, following = page_of(found, limit, lambda open_ticket: open_ticket.ticket)
    return view.answer({"tickets": page, "next": following})


@router.get("/flow", summary="What entered the backlog and left it", response_model=list[Flow])
def backlog_flow_report(
    reader: ReadBacklog, period: Annotated[Period, Depends(period)], every: Every = "day"
) -> Response:
    with reader.view() as view:
        first, last = period.days(view.now)
        found = backlog_flow(view.connection, view.schema, first, last, every, period.zone)
    return view.answer(found)


@router.get("/crossings", summary="The tickets behind a flow", response_model=Crossings)
def backlog_crossings(
    reader: ReadBacklog,
    where: Where,
    period: Annotated[Period, Depends(period)],
    kind: Annotated[list[Kind] | None, Query(max_length=7)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = place_of(cursor, _CROSSING_PLACE)
    kinds = kind or (*get_args(Entry), *get_args(Exit))
    with reader.view() as view:
        start, end = period.stretch(view.now)
        found = crossings(view.connection, view.schema, start, end, kinds, where=where, after=after, limit=limit + 1)
    page, following = page_of(found, limit, lambda crossing: (crossing.at, crossing.ticket, crossing.version))
    return view.answer({"crossings": page, "next": following})
