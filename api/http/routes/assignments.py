"""Assignment: which tickets come next, how the agents stand, and why a ticket is assigned as it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from projections.assignments.readings import (
    READS,
    AgentNow,
    AssignmentQueue,
    ExplainedAssignment,
    agents_now,
    assignment_queue,
    explained,
)

router = APIRouter(tags=["assignment"])

Read = Annotated[ReadRequest, Depends(reader(*READS))]
Limit = Annotated[int, Query(ge=1, le=200, description="How many tickets at most.")]


@router.get("/v1/assignments/queue", summary="Who would get the tickets that come next", response_model=AssignmentQueue)
def assignments_queue(reader: Read, limit: Limit = 50) -> Response:
    """Tickets without an agent, the one that is due first in front; nothing is recorded."""
    with reader.live() as view:
        return view.answer(assignment_queue(view.connection, reader.tenant, view.now, limit))


@router.get("/v1/agents", summary="The agents: absences, open tickets and load", response_model=list[AgentNow])
def agents(reader: Read) -> Response:
    with reader.live() as view:
        return view.answer(agents_now(view.connection, reader.tenant, view.now))


@router.get(
    "/v1/tickets/{ticket_id}/assignment",
    summary="Why a ticket is assigned as it is, and what routing would choose now",
    response_model=ExplainedAssignment,
)
def ticket_assignment(ticket_id: Id, reader: Read) -> Response:
    with reader.live() as view:
        explanation = explained(view.connection, reader.tenant, ticket_id, view.now)
    if explanation is None:
        raise Problem("not_found", "there is no such ticket")
    return view.answer(explanation)
