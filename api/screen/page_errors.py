"""What fails is answered as a page, in the same document as every page where the visitor is known."""

from contextlib import suppress
from http import HTTPStatus

import psycopg
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.api_keys import WALL
from api.http.container import container_of
from api.http.cross_site_requests import is_from_another_site
from api.http.direct_route import DirectRoute
from api.http.middleware import encoded_path
from api.http.problems import Problem, answer_error, problem_of
from api.http.request_access import current_access
from api.http.session_cookie import cookie_of
from api.refusal_words import rule_in
from api.screen.frame import framed, visit_of
from api.screen.language import language_of
from api.screen.screen_route import ENDED, SIGN_IN, html_answer
from api.screen.visit import Visit, Visitor, address_of
from api.screen.words import WORDS
from api.screen.words.problem_details import detail_in
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE

_BUSY = frozenset({"unavailable", "overloaded"})
"""Problems of a server that should be asked for nothing more."""


async def answer_page_error(request: Request, error: Exception) -> Response:
    """The page of a request that raised an exception; who has not signed in is sent to do so.

    The script of an open page gets the problem itself, since it cannot show the page of the sign-in.
    """
    answer = await answer_error(request, error)
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return answer if _is_asked_by_a_script(request) else to_sign_in(request)
    problem = problem_of(error)
    visitor = await _visitor(request, problem)
    content = {"kind": _kind(request, problem, visitor), **_detail(problem, visitor)}
    page = html_answer(framed("problem/page.html", visitor, content), answer.status_code)
    for name in ("Retry-After", "Allow", "Connection"):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def _detail(problem: Problem, visitor: Visitor) -> dict[str, str]:
    """The rule that refused, or what else is wrong, in the visitor's language where it has words for it."""
    if problem.code not in RULES_IN_VIETNAMESE:
        detail = detail_in(problem.detail, visitor.language)
        return {"detail": detail or problem.detail, "detail_language": visitor.language if detail else "en"}
    rule = str(problem.body.get("rule", problem.detail))
    return {"detail": rule_in(problem.code, rule, visitor.language), "detail_language": visitor.language}


def _is_asked_by_a_script(request: Request) -> bool:
    return "panel" in request.query_params or "text/event-stream" in request.headers.get("accept", "")


def to_sign_in(request: Request) -> Response:
    """Redirects to the sign-in, which leads back to this page.

    A browser that still has a cookie had a session, which has ended.
    """
    query = request.url.query
    came_for = encoded_path(request) + (f"?{query}" if query else "") if request.method == "GET" else None
    ended = ENDED if cookie_of(request) is not None else None
    return RedirectResponse(address_of(SIGN_IN, {"next": came_for, "check": ended}), HTTPStatus.SEE_OTHER)


async def _visitor(request: Request, problem: Problem) -> Visitor:
    """The visit where it is known who asks and the database answers."""
    caller = current_access().caller
    if caller is not None and WALL not in caller.scopes and problem.kind not in _BUSY:
        with suppress(psycopg.Error):
            return await run_in_threadpool(visit_of, request, container_of(request), caller)
    return Visitor(language_of(request), encoded_path(request))


def _kind(request: Request, problem: Problem, visitor: Visitor) -> str:
    """The word of ``problem`` that says what failed."""
    kind = problem.kind if f"problem.{problem.kind}" in WORDS else "internal"
    if kind == "forbidden" and problem.body.keys().isdisjoint({"scope", "code"}):
        return "another_site" if is_from_another_site(request) else "another_session"
    return "not_found_then" if kind == "not_found" and isinstance(visitor, Visit) and visitor.is_past else kind


class ScreenRoute(DirectRoute):
    """A direct route whose exceptions are answered as pages."""

    answer_error = staticmethod(answer_page_error)


async def answer_unknown_address(request: Request, error: Exception) -> Response:
    """The answer at an address that no route has: a page for a browser that looks for one, else a problem as JSON."""
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith("/v1/"):
        return await answer_error(request, error)
    with suppress(Problem, psycopg.Error):
        await container_of(request).callers.of(request, "read")
    return await answer_page_error(request, error)
