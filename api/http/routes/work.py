"""The work list of an agent or a team."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.filters import Filter
from api.http.paging import Cursor, Limit, Version, cursor_key, cursor_of
from api.http.problems import malformed
from api.http.read_session import ReadRequest, reader
from projections.work_list.queries import READ, WorkItem, WorkKey, work_list

router = APIRouter(prefix="/v1/work", tags=["work"])

_KEY = TypeAdapter(tuple[AwareDatetime, UUID, Version])


class WorkList(BaseModel):
    """What is late or due first comes first. ``next`` is the cursor of the next page."""

    items: list[WorkItem]
    next: str | None


@router.get("", summary="What an agent or a team has to do, by due time", response_model=WorkList)
def work(
    reader: Annotated[ReadRequest, Depends(reader(*READ))],
    team: Filter = None,
    agent: Filter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Open tickets, promised calls, replies to review, open tasks and steps of procedures.

    Name the agent, the team or both.
    """
    if team is None and agent is None:
        raise malformed([{"loc": ("agent",), "msg": "name an agent, a team or both"}])
    key = cursor_key(cursor, _KEY)
    after = None if key is None else WorkKey(*key)
    with reader.view() as view:
        page = work_list(view.connection, view.schema, now=view.now, team=team, agent=agent, after=after, limit=limit)
    return view.answer({"items": page.items, "next": cursor_of(page.following)})
