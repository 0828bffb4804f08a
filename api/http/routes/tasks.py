"""Tasks: the list, and one of them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.filters import Filter, criteria
from api.http.paging import Cursor, Limit, cursor_key, cursor_of
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from projections.tasks import queries
from projections.tasks.queries import TaskKey
from projections.tasks.table import TASKS, TaskRow

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

_KEY = TypeAdapter(tuple[AwareDatetime, UUID])
ReadTasks = Annotated[ReadRequest, Depends(reader(TASKS))]


class TaskList(BaseModel):
    """The newest tasks first. ``next`` is the cursor of the next page."""

    tasks: list[TaskRow]
    next: str | None


@router.get("", summary="Tasks, the newest first", response_model=TaskList)
def tasks(
    reader: ReadTasks,
    state: Annotated[Literal["open", "done", "cancelled"] | None, Query(description="In this state.")] = None,
    team: Filter = None,
    agent: Filter = None,
    about: Annotated[Id | None, Query(description="About this ticket, customer, contract or other stream.")] = None,
    customer: Id | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    where = criteria(state=state, team=team, agent=agent, about=about, customer=customer)
    key = cursor_key(cursor, _KEY)
    after = None if key is None else TaskKey(*key)
    with reader.view() as view:
        page = queries.tasks(view.connection, view.schema, where, after=after, limit=limit)
    return view.answer({"tasks": page.tasks, "next": cursor_of(page.following)})


@router.get("/{task_id}", summary="A task, now or at an instant", response_model=TaskRow)
def task(task_id: Id, reader: ReadTasks) -> Response:
    """The ETag is the version that If-Match takes."""
    return reader.one(task_id, queries.one_task, queries.task_in)
