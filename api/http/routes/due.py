"""What becomes due next: reminders, ends of holds, steps of procedures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.covered_instant import CoveredInstant
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.read_session import ReadRequest, reader
from projections.timers.queries import TimerKey
from projections.timers.table import TIMERS, Timer
from projections.timers.upcoming import DueQuery, overdue, upcoming_timers

router = APIRouter(prefix="/v1/due", tags=["automation"])

At = Annotated[CoveredInstant | None, Query(description="What is due from this instant on; now when it is not given.")]
ReadTimers = Annotated[ReadRequest, Depends(reader(TIMERS))]
_KEY = TypeAdapter(tuple[AwareDatetime, UUID, str, str])


class DueNext(BaseModel):
    """``overdue`` is how many were due before and wait to be recorded. ``next`` is the cursor of the next page."""

    due: list[Timer]
    overdue: int
    next: str | None


@router.get("", summary="What becomes due next", response_model=DueNext)
def due_next(reader: ReadTimers, at: At = None, cursor: Cursor = None, limit: Limit = 50) -> Response:
    after = cursor_key(cursor, _KEY)
    with reader.view() as view:
        start = at or view.now
        key = None if after is None else TimerKey(*after)
        query = DueQuery(view.connection, reader.tenant, view.schema, view.now)
        page = upcoming_timers(query, start, after=key, limit=limit)
        before = overdue(query, start)
    return view.answer({"due": page.timers, "overdue": before, "next": cursor_of(page.following)})
