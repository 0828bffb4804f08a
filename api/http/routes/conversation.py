"""The messages, replies and notes of a ticket."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, reader
from domain.event_log import reader as log_reader
from domain.messages import Id
from projections.tickets.conversation import Utterance, conversation

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_KEY = TypeAdapter(tuple[AwareDatetime, int])


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
    """It is read from the ticket's events: no projection has to catch up first."""
    after = cursor_key(cursor, _KEY)
    with reader.live() as view:
        history = log_reader.stream(view.connection, reader.tenant, ticket_id, view.position)
    events = [event for event in history if reader.as_of is None or event.occurred_at <= reader.as_of]
    if not events or events[0].kind != "ticket":
        raise unknown_id("no ticket")
    utterances = [
        utterance
        for utterance in conversation(events)
        if after is None or (utterance.occurred_at, utterance.version) > after
    ]
    page, following = page_of(utterances, limit, lambda utterance: (utterance.occurred_at, utterance.version))
    return view.answer({"utterances": page, "next": following})
