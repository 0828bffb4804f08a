"""How promises are kept, what is late, what is due next, and the clocks behind each figure."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, page_of, place_of
from api.http.read_session import ReadRequest, reader
from api.http.report_period import Report, ReportRequest, asked_in_groups, asked_of_tickets, dimensions
from domain.sla.policy.policy import TargetName
from projections.scope.report_scope import Dimension
from projections.sla.queries import (
    ENDED,
    ClockRow,
    ComplianceFigures,
    OpenFigures,
    Part,
    clocks_behind,
    compliance,
    due_next,
    open_clocks,
)
from projections.sla.table import SLA_CLOCKS

router = APIRouter(prefix="/v1/reports/sla", tags=["reports"])

ReadClocks = Annotated[ReadRequest, Depends(reader(SLA_CLOCKS))]
Where = Annotated[dict[Any, Any], Depends(dimensions)]
_PLACE = TypeAdapter(tuple[AwareDatetime, UUID, str, int])


class Clocks(BaseModel):
    """``next`` is the cursor of the next page."""

    clocks: list[ClockRow]
    next: str | None


@router.get("", summary="Compliance by target: met, breached, cancelled", response_model=Report[ComplianceFigures])
def sla_compliance(asked: Annotated[ReportRequest, Depends(asked_in_groups(SLA_CLOCKS))]) -> Response:
    return asked.answer(lambda view, scope: compliance(view.connection, view.schema, scope))


@router.get("/open", summary="Clocks that have not ended: open, paused, late", response_model=list[OpenFigures])
def sla_open(
    reader: ReadClocks, where: Where, by: Annotated[list[Dimension] | None, Query(max_length=5)] = None
) -> Response:
    with reader.view() as view:
        found = open_clocks(view.connection, view.schema, now=view.now, by=tuple(dict.fromkeys(by or ())), where=where)
    return view.answer(found)


@router.get("/clocks", summary="The clocks behind a figure", response_model=Clocks)
def sla_clocks(
    asked: Annotated[ReportRequest, Depends(asked_of_tickets(SLA_CLOCKS))],
    target: TargetName,
    part: Part,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = place_of(cursor, _PLACE)
    with asked.reader.view() as view:
        found = clocks_behind(
            view.connection,
            view.schema,
            asked.scope(view.now),
            now=view.now,
            part=part,
            target=target,
            after=after,
            limit=limit + 1,
        )
    return view.answer(_page(found, limit, "finished_at" if part in ENDED else "activated_at"))


@router.get("/due", summary="The running clocks that are due next", response_model=Clocks)
def sla_due(reader: ReadClocks, where: Where, cursor: Cursor = None, limit: Limit = 50) -> Response:
    after = place_of(cursor, _PLACE)
    with reader.view() as view:
        found = due_next(view.connection, view.schema, now=view.now, where=where, after=after, limit=limit + 1)
    return view.answer(_page(found, limit, "due_at"))


def _page(found: list[ClockRow], limit: int, instant: str) -> dict[str, object]:
    page, following = page_of(
        found, limit, lambda clock: (getattr(clock, instant), clock.ticket, clock.target, clock.activated_by)
    )
    return {"clocks": page, "next": following}
