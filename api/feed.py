"""The feed: every event of a tenant in the order of the log, in pages or as they come."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple

import psycopg
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from psycopg import Connection
from pydantic import AwareDatetime, BaseModel

from api.errors import RETRY_AFTER, Problem
from api.event_stream import EventStream
from api.house import House, Pool, house_of
from domain.event_log import reading
from domain.event_log.envelope import Envelope

LARGEST_PAGE = 1_000
STREAM_PAGE = 200
MOST_STREAMS = 200

Position = Annotated[int, Query(ge=0, le=2**62)]


router = APIRouter(prefix="/v1/events", tags=["feed"])


class Feed(NamedTuple):
    """Where to read, and whose feed."""

    house: House
    tenant: str


async def feed(request: Request) -> Feed:
    """A caller who may read the feed."""
    house = house_of(request)
    return Feed(house, (await house.callers.of(request, "feed")).tenant)


class FeedEvent(Envelope):
    """One event: where it stands, its envelope, its payload. ``version`` counts its stream, ``position`` the log."""

    position: int
    tenant: str
    stream: str
    version: int
    topic: str
    recorded_at: AwareDatetime
    payload: dict[str, Any]


class FeedPage(BaseModel):
    """Events in position order. Ask again after ``next``; ``head`` is the newest position there is."""

    events: list[FeedEvent]
    next: int
    head: int


@router.get("", summary="A page of all events, in order", response_model=FeedPage)
def events(
    reader: Annotated[Feed, Depends(feed)],
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 100,
) -> Response:
    house, tenant = reader
    with house.pool.connection() as connection:
        rows = _select(connection, tenant, after, limit)
        head = reading.head(connection, tenant)
    found = ",".join(_json(tenant, row) for row in rows)
    last = rows[-1][0] if rows else after
    body = f'{{"events":[{found}],"next":{last},"head":{head}}}'
    return Response(body, headers={"Ledger-Position": str(head)}, media_type="application/json")


@router.get("/stream", summary="All events as they come", status_code=200, response_class=EventStream)
async def event_stream(
    request: Request,
    reader: Annotated[Feed, Depends(feed)],
    after: Position = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**62)] = None,
) -> Response:
    """Server-sent events whose id is their position. A reader that comes back says the last one in Last-Event-ID.

    The stream ends soon after its key is revoked or has expired.
    """
    house, tenant = reader
    if len(house.streams) >= MOST_STREAMS:
        raise Problem("overloaded", f"{MOST_STREAMS} readers follow the feed already", headers=RETRY_AFTER)
    start = after if last_event_id is None else last_event_id
    page = partial(_text, house.pool, tenant)
    return EventStream(page, lambda: house.tenants[tenant].positions, start, house.streams, partial(_allowed, request))


async def _allowed(request: Request) -> bool:
    """Whether the key of a request may still read the feed; so it may while nothing can be looked up."""
    try:
        await feed(request)
    except Problem:
        return False
    except psycopg.OperationalError:
        return True
    return True


def _text(pool: Pool, tenant: str, after: int) -> tuple[str, int]:
    """The next events as server-sent events, and the position of the last."""
    with pool.connection() as connection:
        rows = _select(connection, tenant, after, STREAM_PAGE)
    text = "".join(f"id: {row[0]}\nevent: {row[3]}\ndata: {_json(tenant, row)}\n\n" for row in rows)
    return text, rows[-1][0] if rows else after


def _select(connection: Connection, tenant: str, after: int, limit: int) -> Sequence[tuple[Any, ...]]:
    return connection.execute(reading.select_page(tenant), [after, limit], binary=True).fetchall()


def _json(tenant: str, row: tuple[Any, ...]) -> str:
    """A row of the log as a FeedEvent: the stored text is passed on as it is, in today's shape."""
    position, stream, version, topic, recorded_at, state = row
    place = f'{{"position":{position},"tenant":"{tenant}","stream":"{stream}","version":{version},'
    stored = reading.MAPPER.in_todays_shape(topic, state)
    return f'{place}"topic":{json.dumps(topic)},"recorded_at":"{recorded_at.isoformat()}",{stored[1:]}'
