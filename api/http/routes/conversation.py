"""The messages, replies and notes of a ticket."""

from heapq import nsmallest
from itertools import chain
from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, cursor_key, page_of
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, reader
from domain.event_log import reader as log_reader
from domain.messages import Id
from projections.scope.recorded_values import until_full
from projections.tickets.conversation import Utterance, utterances_of, world_order

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_KEY = TypeAdapter(tuple[AwareDatetime, int])


class Conversation(BaseModel):
    """The oldest first. ``next`` is the cursor of the next page; one with long texts has fewer than its limit."""

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
        history = log_reader.stream_in_parts(view.connection, reader.tenant, ticket_id, view.position)
        events = (event for event in history if reader.as_of is None or event.occurred_at <= reader.as_of)
        first = next(events, None)
        if first is None or first.kind != "ticket":
            raise unknown_id("no ticket")
        utterances = utterances_of(chain([first], events))
        behind = (utterance for utterance in utterances if after is None or world_order(utterance) > after)
        first_ones = nsmallest(limit + 1, behind, world_order)
        size = len(list(until_full(first_ones[:limit], attrgetter("body"))))
        page, following = page_of(first_ones, size, world_order)
    return view.answer({"utterances": page, "next": following})
