"""The timeline of a customer: everything about the customer, over every channel, in one order."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.http.customer_readings.timeline import DescribedTimelineEntry, timeline_of
from api.http.paging import Cursor, Limit, Position, cursor_key, cursor_of
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from domain.readable import Language
from projections.audit_history.table import AUDIT_HISTORY
from projections.timeline.kinds import Kind
from projections.timeline.queries import TimelineKey

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_KEY: TypeAdapter[tuple[Literal["oldest", "newest"], datetime, int]] = TypeAdapter(
    tuple[Literal["oldest", "newest"], datetime, Position]
)


class Timeline(BaseModel):
    """``survivor`` is the customer that merges left, ``absorbed`` those merged into it; the entries are those of all.

    ``next`` is the cursor of the next page; a page with long texts has fewer entries than its limit.
    """

    survivor: UUID
    absorbed: list[UUID]
    entries: list[DescribedTimelineEntry]
    next: str | None


@router.get("/{customer_id}/timeline", summary="Everything about a customer, in order", response_model=Timeline)
def customer_timeline(
    customer_id: Id,
    reader: Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY))],
    kind: Annotated[list[Kind] | None, Query(description="Of these kinds alone; repeat it for several.")] = None,
    order: Annotated[Literal["oldest", "newest"], Query(description="Which entry comes first.")] = "oldest",
    language: Annotated[Language, Query(description="The language of the sentences.")] = "en",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Entries are ordered by when they happened, then by position. A merged customer is answered with the survivor."""
    key = cursor_key(cursor, _KEY)
    order, after = (key[0], TimelineKey(*key[1:])) if key else (order, None)
    with reader.live() as view:
        page = timeline_of(reader, view, customer_id, language, kinds=kind or (), order=order, after=after, limit=limit)
    if not page.entries and not key and not kind:
        raise unknown_id()
    following = cursor_of((order, *page.following)) if page.following else None
    return view.answer(
        {"survivor": page.survivor, "absorbed": page.absorbed, "entries": page.entries, "next": following}
    )
