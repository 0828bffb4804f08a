"""The team wall: the desk without personal data, for all who have a valid link."""

from dataclasses import replace
from functools import partial
from http import HTTPStatus

import psycopg
from fastapi import Request, Response

from api.api_keys import WALL, Principal, RefusedKey
from api.http.container import container_of
from api.http.problems import Problem, answer_error
from api.http.request_access import current_access
from api.http.sign_in_attempts import address_of_client
from api.screen.endpoints.moved import stream_of_moves
from api.screen.language import language_of
from api.screen.page import Page
from api.screen.page_answer import PageRequest, answer
from api.screen.page_parameters import known_parameters
from api.screen.pages import desk
from api.screen.rendering import render
from api.screen.screen_route import html_answer
from api.screen.visit import Visitor

WALL_PATH = "/wall/{token}"
WALL_MOVED = f"{WALL_PATH}/moved"
WALL_PAGE: Page = replace(
    desk.PAGE,
    path=WALL_PATH,
    panels=tuple(panel for panel in desk.PAGE.panels if panel.on_wall),
    scope=WALL,
    parameters=frozenset(),
    document="wall.html",
    has_links=False,
    in_menu=False,
)
"""Those panels of the desk that hold no personal data, at the present alone."""


def wall_address(token: str) -> str:
    """The path of a link."""
    return WALL_PATH.format(token=token)


async def show_wall(request: Request) -> Response:
    """The wall, or the panels of it that ``panel`` names.

    It takes no other parameter, so nothing leads from it to the past or to a single ticket.
    """
    caller = await _caller(request)
    if caller is None:
        return await _gone(request)
    query = known_parameters(request, {"panel"})
    return await answer(PageRequest(WALL_PAGE, request, container_of(request), caller, query, 0))


async def tell_wall_moves(request: Request) -> Response:
    """The endpoint of the stream of changes for an open wall."""
    caller = await _caller(request)
    if caller is None:
        return await _gone(request)
    return stream_of_moves(WALL_PAGE, request, caller, known_parameters(request, {"after"}), partial(_still, request))


async def _caller(request: Request) -> Principal | None:
    """Whose link it is, noted for the access journal; None when it is not valid.

    Its key has no scope but WALL: the key of a caller would open the wall too, and must not be in an address. Links
    that are not valid are counted as wrong keys are. Raises Problem (overloaded).
    """
    container = container_of(request)
    caller = await container.callers.of_key(request.path_params["token"])
    if not isinstance(caller, Principal) or caller.scopes != {WALL}:
        current_access().refused_key = caller if isinstance(caller, RefusedKey) else None
        if wait := container.sign_ins.take(address_of_client(request)):
            raise Problem("overloaded", "too many links that are not valid", headers={"Retry-After": str(wait)})
        return None
    current_access().caller = caller
    return caller


async def _still(request: Request) -> bool:
    """Whether the link is still valid; yes while the database does not answer."""
    try:
        return isinstance(await container_of(request).callers.of_key(request.path_params["token"]), Principal)
    except psycopg.OperationalError:
        return True


async def _gone(request: Request) -> Response:
    answered = await answer_error(request, Problem("not_found", "this link has ended, or never was"))
    visitor = Visitor(language_of(request), "/")
    return html_answer(render("wall_gone.html", visitor, {}), HTTPStatus(answered.status_code))
