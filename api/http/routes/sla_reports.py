"""The clocks behind the SLA figures, and those that are due next."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, Version, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from api.http.report_request import ReportRequest, dimensions, for_tickets
from domain.sla.policy.policy import TargetName
from projections.customers.table import CUSTOMERS
from projections.sla.queries import ENDED, ClockRow, Part, clocks_behind, due_next
from projections.sla.table import SLA_CLOCKS

router = APIRouter(prefix="/v1/reports/sla", tags=["reports"])

_KEY = TypeAdapter(tuple[AwareDatetime, UUID, str, Version])


class ClockPage(BaseModel):
    """``next`` is the cursor of the next page."""

    clocks: list[ClockRow]
    next: str | None


@router.get("/clocks", summary="The clocks behind a figure", response_model=ClockPage)
def sla_clocks(
    report: Annotated[ReportRequest, Depends(for_tickets(SLA_CLOCKS, CUSTOMERS))],
    target: TargetName,
    part: Part,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _KEY)
    with report.reader.view() as view:
        clocks = clocks_behind(
            view.connection,
            view.schema,
            report.query(view).scope,
            now=view.now,
            part=part,
            target=target,
            after=after,
            limit=limit + 1,
        )
    return view.answer(_page(clocks, limit, "finished_at" if part in ENDED else "activated_at"))


@router.get("/due", summary="The running clocks that are due next", response_model=ClockPage)
def sla_due(
    reader: Annotated[ReadRequest, Depends(reader(SLA_CLOCKS, CUSTOMERS))],
    where: Annotated[dict[Any, Any], Depends(dimensions)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _KEY)
    with reader.view() as view:
        clocks = due_next(view.connection, view.schema, now=view.now, where=where, after=after, limit=limit + 1)
    return view.answer(_page(clocks, limit, "due_at"))


def _page(clocks: list[ClockRow], limit: int, instant: str) -> dict[str, object]:
    page, following = page_of(
        clocks, limit, lambda clock: (getattr(clock, instant), clock.ticket, clock.target, clock.activated_by)
    )
    return {"clocks": page, "next": following}
