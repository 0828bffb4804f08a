"""The team wall: the desk without personal data, for whoever has a link that has not ended."""

from dataclasses import replace
from http import HTTPStatus

from fastapi import Request, Response

from api.api_keys import WALL, Principal, RefusedKey
from api.http.container import container_of
from api.http.problems import Problem, answer_error
from api.http.request_access import current_access
from api.http.sign_in_attempts import address_of_client
from api.screen.language import language_of
from api.screen.page import Page
from api.screen.page_answer import PageRequest, answer
from api.screen.page_parameters import known_parameters
from api.screen.pages import desk
from api.screen.rendering import render
from api.screen.screen_route import html_answer
from api.screen.visit import Visitor

WALL_PATH = "/wall/{token}"
WALL_PAGE: Page = replace(
    desk.PAGE,
    path=WALL_PATH,
    panels=tuple(panel for panel in desk.PAGE.panels if panel.on_wall),
    scope=WALL,
    parameters=frozenset(),
    document="wall.html",
    in_menu=False,
)
"""Those panels of the desk that hold no personal data, at the present alone."""


def wall_address(token: str) -> str:
    """The path of a link."""
    return WALL_PATH.format(token=token)


async def show_wall(request: Request) -> Response:
    """The wall of a key whose only scope is WALL: the key of a caller would open it too, and must not be in an address.

    It takes no parameters, so nothing leads from it to the past or to a single ticket. Links that are not valid are
    counted as wrong keys are.
    """
    container = container_of(request)
    caller = await container.callers.of_key(request.path_params["token"])
    if not isinstance(caller, Principal) or caller.scopes != {WALL}:
        current_access().refused_key = caller if isinstance(caller, RefusedKey) else None
        wait = container.sign_ins.take(address_of_client(request))
        if wait:
            raise Problem("overloaded", "too many links that are not valid", headers={"Retry-After": str(wait)})
        return await _gone(request)
    current_access().caller = caller
    known_parameters(request, ())
    return await answer(PageRequest(WALL_PAGE, request, container, caller, {}, 0))


async def _gone(request: Request) -> Response:
    answered = await answer_error(request, Problem("not_found", "this link has ended, or never was"))
    visitor = Visitor(language_of(request), "/")
    return html_answer(render("wall_gone.html", visitor, {}), HTTPStatus(answered.status_code))
