"""The feed: all events of a tenant in the order of the log, as pages or as a stream."""

from functools import partial
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from api.api_keys import Principal
from api.http.container import Container, container_of
from api.http.event_stream import EventStream
from api.http.feed_events import FeedPage
from api.http.feed_page import FeedPageInParts
from api.http.paging import Position
from api.http.problems import Problem
from api.http.read_session import caller_with
from api.http.request_access import count_rows
from api.http.streamed_answer import Pieces

LARGEST_PAGE = 1_000
MOST_STREAMS = 200


router = APIRouter(prefix="/v1/events", tags=["feed"])


class Feed(NamedTuple):
    """The container and the tenant whose feed is read."""

    container: Container
    tenant: str


async def feed(request: Request, caller: Annotated[Principal, Depends(caller_with("feed"))]) -> Feed:
    """A dependency: a caller with the scope feed."""
    return Feed(container_of(request), caller.tenant)


@router.get("", summary="A page of all events, in order", response_model=FeedPage)
def events(
    reader: Annotated[Feed, Depends(feed)],
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 100,
) -> Response:
    """At most ``limit`` events, and about 4 MiB. The next page is the one after `next`.

    410 when the log ends before `after`: it was restored to an earlier time, and the reader would miss what is recorded
    up to there.
    """
    container, tenant = reader
    page = FeedPageInParts(container.pool, tenant, after, limit)
    _not_beyond(page.head, after)
    count_rows(page.most_events)
    return Pieces(page.pieces(), page.most_held, container.unread, headers={"Ledger-Position": str(page.head)})


@router.get(
    "/stream", summary="All events, as a stream of server-sent events", status_code=200, response_class=EventStream
)
async def event_stream(
    request: Request,
    reader: Annotated[Feed, Depends(feed)],
    after: Position = 0,
    last_event_id: Annotated[Position | None, Header()] = None,
) -> Response:
    """The id of an event is its position. A reader that reconnects sends the last one as Last-Event-ID.

    The stream ends soon after its key is revoked or has expired.
    """
    container, tenant = reader
    if len(container.streams) >= MOST_STREAMS:
        raise Problem("overloaded", f"{MOST_STREAMS} readers follow the feed already")
    start = after if last_event_id is None else last_event_id
    if start:
        _not_beyond(await container.feed.head(tenant), start)
    return EventStream(
        container.tail(tenant), start, container.streams, partial(container.callers.still, request, "feed")
    )


def _not_beyond(head: int, after: int) -> None:
    """Raises Problem (beyond_the_end) for a position that the log has not reached."""
    if after > head:
        detail = (
            f"the log ends at {head:,}, before {after:,}: if it was restored to an earlier time, go on after the"
            " position that `rebuild` said"
        )
        raise Problem("beyond_the_end", detail, head=head)
