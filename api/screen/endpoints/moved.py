"""The stream of changes for an open page."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from fastapi import Request, Response

from api.api_keys import Principal
from api.http.container import container_of
from api.http.event_stream import Allowed, EventStream
from api.http.moves import MOST_OPEN_PAGES
from api.http.problems import Problem, malformed
from api.screen.page import Page
from api.screen.page_parameters import known_parameters, position_of, refuse_another_key
from api.screen.pages import PAGES

_PAGES = {page.name: page for page in PAGES if page.is_live}
_PARAMETERS = frozenset({"page", "after", "of"})


async def tell_moves(request: Request) -> Response:
    """The endpoint: server-sent events ``moved`` with the position of the projections of ``page``, after ``after``.

    The stream ends soon after its key is revoked or its session has ended.
    """
    query = known_parameters(request, _PARAMETERS)
    page = _PAGES.get(query.get("page", [""])[-1])
    if page is None:
        raise malformed([{"loc": ("page",), "msg": "the name of a page that changes while it is open, such as desk"}])
    callers = container_of(request).callers
    caller = await callers.of(request, page.scope)
    refuse_another_key(caller, query)
    return stream_of_moves(page, request, caller, query, partial(callers.still, request, page.scope))


def stream_of_moves(
    page: Page, request: Request, caller: Principal, query: Mapping[str, Sequence[str]], allowed: Allowed
) -> EventStream:
    """The stream of a page for a caller, while it is ``allowed``. Raises Problem (overloaded, malformed)."""
    container = container_of(request)
    if len(container.open_pages) >= MOST_OPEN_PAGES:
        raise Problem("overloaded", f"{MOST_OPEN_PAGES} pages are told of changes already")
    last_event_id = request.headers.get("last-event-id")
    after = position_of("last-event-id", [last_event_id]) if last_event_id else position_of("after", query.get("after"))
    held = ExitStack()
    held.enter_context(container.page_quota.taken(caller))
    return EventStream(
        container.moves_of(caller.tenant, page.name, page.projection_names),
        after,
        container.open_pages,
        allowed,
        held,
    )
