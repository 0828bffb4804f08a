"""Signing in and out: a key is exchanged for the cookie of a session."""

from http import HTTPStatus
from math import ceil

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.api_keys import WALL, Principal, RefusedKey, Token, parse_token
from api.http.container import Container, container_of
from api.http.cross_site_requests import is_from_another_site
from api.http.form_body import read_form
from api.http.problems import Problem, answer_error
from api.http.request_access import current_access
from api.http.session_cookie import (
    check_form,
    cookie_of,
    delete_cookie,
    field_of,
    refuse_another_site,
    set_cookie,
)
from api.http.sign_in_attempts import address_of_client
from api.screen.language import language_of
from api.screen.local_path import local_path
from api.screen.rendering import render
from api.screen.screen_route import ENDED, SIGN_IN, html_answer
from api.screen.visit import Visitor, address_of
from api.screen_sessions import SESSION_SECONDS, Session, begin_session, end_session

_CHECK = "check"
"""The query parameter of the address to which a browser comes that should have the cookie now."""


async def show_sign_in(request: Request) -> Response:
    """The page of the form; who has signed in already goes on to the page that was asked for."""
    container, query = container_of(request), request.query_params
    following = local_path(query.get("next", ""), "/")
    cookie = cookie_of(request)
    if container.callers.needs_no_key(request):
        return RedirectResponse(following, HTTPStatus.SEE_OTHER)
    if cookie is not None and isinstance(await container.callers.of_session(cookie), Principal):
        return RedirectResponse(following, HTTPStatus.SEE_OTHER)
    match query.get(_CHECK):
        case "cookie":
            return _page(request, following, "no_cookie", HTTPStatus.BAD_REQUEST)
        case checked if checked == ENDED:
            return _page(request, following, ENDED)
        case "out":
            return _page(request, following, "signed_out")
        case _:
            return _page(request, following)


async def sign_in(request: Request) -> Response:
    """Takes the form with the key, and counts wrong keys.

    Raises Problem (forbidden) for a form that another site sends.
    """
    form = await read_form(request)
    refuse_another_site(request)
    container, following = container_of(request), local_path(field_of(form, "next"), "/")
    text = field_of(form, "key").strip()
    caller, token = await container.callers.of_key(text), parse_token(text)
    if token is None or not isinstance(caller, Principal):
        current_access().refused_key = caller if isinstance(caller, RefusedKey) else None
        wait = container.sign_ins.take(address_of_client(request))
        if wait:
            return await _refused(request, following, "too_often", wait)
        return await _refused(request, following, caller.reason if isinstance(caller, RefusedKey) else "unknown")
    if WALL in caller.scopes:
        return await _refused(request, following, "wall")
    session = await run_in_threadpool(_begin, container, token, cookie_of(request))
    if session is None:
        return await _refused(request, following, "revoked")
    current_access().caller = caller
    checked = address_of(SIGN_IN, {"next": following, _CHECK: "cookie"})
    answer = RedirectResponse(checked, HTTPStatus.SEE_OTHER)
    set_cookie(answer, request, session.cookie, SESSION_SECONDS)
    return answer


async def sign_out(request: Request) -> Response:
    """Ends the session of the cookie. Raises Problem (forbidden) for a form of another session or site."""
    container, form = container_of(request), await read_form(request)
    answer = RedirectResponse(address_of(SIGN_IN, {_CHECK: "out"}), HTTPStatus.SEE_OTHER)
    cookie = cookie_of(request)
    if cookie is None:
        return answer
    check_form(request, form)
    caller = await container.callers.of_session(cookie)
    if isinstance(caller, Principal):
        current_access().caller = caller
    await run_in_threadpool(_end, container, cookie)
    delete_cookie(answer, request)
    return answer


def _begin(container: Container, token: Token, former: str | None) -> Session | None:
    """A session of the key in place of the browser's former one."""
    with container.keys.connection() as connection:
        if former is not None:
            end_session(connection, former)
            container.callers.forget(former)
        return begin_session(connection, token)


def _end(container: Container, cookie: str) -> None:
    with container.keys.connection() as connection:
        end_session(connection, cookie)
    container.callers.forget(cookie)


async def _refused(request: Request, following: str, why: str, wait: int = 0) -> Response:
    """The page with the reason, which is counted as any refused request is."""
    kind = "overloaded" if wait else "unauthenticated"
    answer = await answer_error(request, Problem(kind, f"the sign-in was refused: {why}"))
    page = _page(request, following, why, answer.status_code, seconds=wait)
    if wait:
        page.headers["Retry-After"] = str(ceil(wait))
    return page


def _page(request: Request, following: str, why: str | None = None, status: int = 200, **values: object) -> Response:
    visitor = Visitor(language_of(request), SIGN_IN)
    content = {
        "next": following,
        "said": why and visitor.w(f"sign_in.{why}", **values),
        "is_good": why in {"signed_out", ENDED},
        "is_from_elsewhere": request.method == "GET" and is_from_another_site(request),
    }
    return html_answer(render("sign_in/page.html", visitor, content), status)
