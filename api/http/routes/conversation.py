"""What was said about a ticket, for whoever may read tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, page_of, place_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from domain.event_log import reader as log_reader
from domain.messages import Id
from projections.tickets.conversation import Utterance, conversation

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_PLACE = TypeAdapter(tuple[AwareDatetime, int])


class Conversation(BaseModel):
    """The oldest first. ``next`` is the cursor of the next page."""

    utterances: list[Utterance]
    next: str | None


@router.get(
    "/{ticket_id}/conversation",
    summary="Messages, replies and notes of a ticket, in order",
    response_model=Conversation,
)
def ticket_conversation(
    ticket_id: Id, reader: Annotated[ReadRequest, Depends(reader())], cursor: Cursor = None, limit: Limit = 100
) -> Response:
    """Read from the ticket's own history: no projection has to catch up first."""
    after = place_of(cursor, _PLACE)
    with reader.live() as view:
        history = log_reader.streams(view.connection, reader.tenant, [ticket_id], view.position).get(ticket_id, [])
    known = [event for event in history if reader.as_of is None or event.occurred_at <= reader.as_of]
    if not known or known[0].topic.partition(".")[0] != "ticket":
        raise Problem("not_found", "no ticket has that id, or had it by then")
    said = [one for one in conversation(known) if after is None or (one.occurred_at, one.version) > after]
    page, following = page_of(said, limit, lambda one: (one.occurred_at, one.version))
    return view.answer({"utterances": page, "next": following})
