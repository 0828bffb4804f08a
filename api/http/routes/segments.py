"""Published segments, and the customers who are in one at an instant."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, TypeAdapter

from api.http.customer_readings.health import source_of
from api.http.identifiers import Name
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from api.http.routes.customer_health import HealthRow, row_of
from domain.definitions.kinds import SEGMENT
from domain.definitions.overview import overview
from domain.definitions.published import definition_in_effect
from domain.event_log import reader as log_reader
from domain.segment.definition import SegmentDefinition
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.table import CUSTOMERS
from projections.health.readings import segment_page

router = APIRouter(prefix="/v1/segments", tags=["health"])

_KEY = TypeAdapter(UUID)
ReadSegments = Annotated[ReadRequest, Depends(reader())]
ReadMembers = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY, CUSTOMERS))]


class Segment(BaseModel):
    """A segment in effect."""

    name: str
    version: int
    effective_from: datetime
    definition: SegmentDefinition


class SegmentMembers(BaseModel):
    """``definition_version`` is the version that was in effect at the instant. A page may hold fewer than asked for."""

    segment: str
    definition_version: int
    customers: list[HealthRow]
    next: str | None


@router.get("", summary="The segments in effect", response_model=list[Segment])
def segments(reader: ReadSegments) -> Response:
    with reader.live() as view:
        events = log_reader.definitions(view.connection, reader.tenant, view.position)
        return view.answer(
            [
                {
                    "name": each.name,
                    "version": each.version,
                    "effective_from": each.effective_from,
                    "definition": each.body,
                }
                for each in overview(events, view.now, SEGMENT.name)
            ]
        )


@router.get("/{name}/customers", summary="The customers in a segment", response_model=SegmentMembers)
def segment_customers(name: Name, reader: ReadMembers, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """Each page looks at a bounded number of customers, in the order of their ids."""
    after = cursor_key(cursor, _KEY)
    with reader.live_in_slot() as view:
        source = source_of(reader, view)
        events = log_reader.definitions(view.connection, reader.tenant, source.up_to)
        try:
            version, _, segment = definition_in_effect(events, SEGMENT, view.now, name)
        except LookupError as error:
            raise Problem("not_found", str(error)) from None
        page = segment_page(source, view.now, segment, after, limit)
    rows = [row_of(summary, judged) for summary, judged in page.customers]
    content = {"segment": name, "definition_version": version, "customers": rows, "next": cursor_of(page.behind)}
    return view.answer(content)
