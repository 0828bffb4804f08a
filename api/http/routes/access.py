"""The access journal: who read what, what was refused, which sign-ins failed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from api.access_journal.entry import AccessAction
from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.api_keys import Principal
from api.http.container import container_of
from api.http.filters import STORABLE
from api.http.paging import POSITION_KEY, Cursor, Limit, cursor_key, cursor_of
from api.http.read_session import caller_with
from api.http.request_access import count_rows
from domain.messages import Id, Instant

router = APIRouter(prefix="/v1/access", tags=["audit"])

Actor = Annotated[
    str | None,
    Query(max_length=200, pattern=STORABLE, description="What this actor did, or a gateway on behalf of it."),
]
Customer = Annotated[Id | None, Query(description="This customer, those merged with it, and their tickets.")]
Since = Annotated[Instant | None, Query(alias="from", description="Recorded at this instant or later.")]
Until = Annotated[Instant | None, Query(alias="to", description="Recorded before this instant.")]


class JournalEntries(BaseModel):
    """The newest entries first. ``next`` is the cursor of the next page; up to ``trimmed``, old ones were removed."""

    entries: list[JournalRow]
    next: str | None
    trimmed: int


async def access_filter(
    actor: Actor = None,
    customer: Customer = None,
    ticket: Id | None = None,
    action: AccessAction | None = None,
    since: Since = None,
    until: Until = None,
) -> AccessFilter:
    """The filters that are given."""
    return AccessFilter(actor, customer, ticket, action, since, until)


@router.get("", summary="Who read what, what was refused, which sign-ins failed", response_model=JournalEntries)
def access(
    request: Request,
    caller: Annotated[Principal, Depends(caller_with("audit:read"))],
    where: Annotated[AccessFilter, Depends(access_filter)],
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Entries are written a second after what they record, at the latest. This reading is recorded too."""
    before = cursor_key(cursor, POSITION_KEY)
    with container_of(request).pool.connection() as connection, connection.transaction():
        page = journal_page(connection, caller.tenant, where, before=before, limit=limit)
    count_rows(len(page.entries))
    answer = {"entries": page.entries, "next": cursor_of(page.next_before), "trimmed": page.trimmed}
    return Response(to_json(answer, exclude_none=False), media_type="application/json")
