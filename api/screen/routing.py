"""The endpoints of the pages: one for each row of the table, from the request to the document or its panels."""

from collections.abc import Callable, Coroutine
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from api.api_keys import Principal
from api.http.container import container_of
from api.http.read_session import include
from api.http.session_cookie import cookie_of
from api.screen.actions.form_pages import FORM_PAGES
from api.screen.actions.table import ACTIONS
from api.screen.assets import PREFIX, serve_asset
from api.screen.endpoints.actions import taking
from api.screen.endpoints.adoption import adopt
from api.screen.endpoints.bundle import BUNDLE, download_bundle
from api.screen.endpoints.certificate import CERTIFICATE, show_certificate
from api.screen.endpoints.keys import create_key, create_wall, revoke_key, rotate_key
from api.screen.endpoints.language import choose_language
from api.screen.endpoints.moved import tell_moves
from api.screen.endpoints.reports import ISSUE_PATH, take_issue
from api.screen.endpoints.rules import RULE_ENDPOINTS
from api.screen.endpoints.sign_in import show_sign_in, sign_in, sign_out
from api.screen.endpoints.wall import WALL_MOVED, WALL_PATH, show_wall, tell_wall_moves
from api.screen.page import Page
from api.screen.page_answer import PageRequest, answer
from api.screen.page_errors import ScreenRoute, answer_unknown_address, to_sign_in
from api.screen.page_parameters import COMMON, known_parameters, position_of, refuse_another_key
from api.screen.pages import PAGES
from api.screen.screen_route import SIGN_IN

HOME = "/desk"
_PATIENCE = 5.0


def add_screen(app: FastAPI) -> None:
    """Adds the pages and their files."""
    app.add_exception_handler(HTTPException, answer_unknown_address)
    app.router.routes.extend(_routes())


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the pages, their forms and their files, shared by all applications of the process."""
    router = APIRouter()
    for page in (*FORM_PAGES, *PAGES):
        _add(router, "GET", page.path, _endpoint(page))
    for action in ACTIONS:
        _add(router, "POST", action.path, taking(action))
    _add(router, "GET", "/", _home)
    _add(router, "GET", BUNDLE, download_bundle)
    _add(router, "GET", CERTIFICATE, show_certificate)
    _add(router, "GET", "/moved", tell_moves)
    _add(router, "GET", PREFIX + "/{file}", serve_asset)
    _add(router, "POST", "/language", choose_language)
    _add(router, "GET", SIGN_IN, show_sign_in)
    _add(router, "POST", SIGN_IN, sign_in)
    _add(router, "POST", "/sign-out", sign_out)
    _add(router, "POST", "/keys/create", create_key)
    _add(router, "POST", "/keys/create-wall", create_wall)
    _add(router, "POST", "/keys/{key_id}/rotate", rotate_key)
    _add(router, "POST", "/keys/{key_id}/revoke", revoke_key)
    _add(router, "GET", WALL_PATH, show_wall)
    _add(router, "GET", WALL_MOVED, tell_wall_moves)
    _add(router, "POST", ISSUE_PATH, take_issue)
    _add(router, "POST", "/rules/adopt", adopt)
    for path, endpoint in RULE_ENDPOINTS.items():
        _add(router, "POST", path, endpoint)
    return tuple(router.routes)


def _add(
    router: APIRouter, method: str, path: str, endpoint: Callable[[Request], Coroutine[Any, Any, Response]]
) -> None:
    router.add_api_route(path, endpoint, methods=[method], include_in_schema=False, route_class_override=ScreenRoute)


async def _home(request: Request) -> Response:
    """Redirects to the first page of the menu that the key of the session may see, or to the sign-in."""
    cookie, path, query, callers = cookie_of(request), HOME, request.url.query, container_of(request).callers
    caller = None if cookie is None else await callers.of_session(cookie)
    if isinstance(caller, Principal):
        path = next((page.path for page in PAGES if page.in_menu and caller.may(page.scope)), HOME)
    elif not callers.needs_no_key(request):
        return to_sign_in(request)
    return RedirectResponse(f"{path}?{query}" if query else path, HTTPStatus.SEE_OTHER)


def _endpoint(page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def endpoint(request: Request) -> Response:
        container = container_of(request)
        caller = await container.callers.of(request, page.scope)
        query = known_parameters(request, COMMON | page.parameters)
        refuse_another_key(caller, query)
        after = position_of("after", query.get("after"))
        if after:
            await include(container, caller, after, page.projection_names, _PATIENCE)
        return await answer(PageRequest(page, request, container, caller, query, after))

    return endpoint
