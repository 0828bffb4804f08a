"""Routes of the screen: what fails is answered as a page."""

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.http.direct_route import DirectRoute
from api.http.middleware import encoded_path
from api.http.problems import answer_error, problem_of
from api.screen.language import language_of
from api.screen.rendering import render
from api.screen.visit import Visitor, address_of
from api.screen.words import WORDS

SIGN_IN = "/sign-in"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""No inline script or style, and nothing from another server."""


async def answer_page_error(request: Request, error: Exception) -> Response:
    """The page of a request that raised an exception; who has not signed in is sent to do so."""
    answer = await answer_error(request, error)
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        query = request.url.query
        came_for = encoded_path(request) + (f"?{query}" if query else "") if request.method == "GET" else None
        return RedirectResponse(address_of(SIGN_IN, {"next": came_for}), HTTPStatus.SEE_OTHER)
    problem = problem_of(error)
    visitor = Visitor(language_of(request), encoded_path(request))
    kind = problem.kind if f"problem.{problem.kind}" in WORDS else "internal"
    if kind == "forbidden" and problem.body.keys().isdisjoint({"scope", "code"}):
        kind = "another_session"
    content = {"kind": kind, "detail": problem.detail}
    page = html_answer(render("problem/page.html", visitor, content), answer.status_code)
    for name in ("Retry-After", "Allow", "Connection"):
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def html_answer(html: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A page under the policy of the screen. With another referrer policy forms would come without an origin."""
    own = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
    return Response(html, status, {**own, **(headers or {})}, "text/html; charset=utf-8")


class ScreenRoute(DirectRoute):
    """A direct route whose exceptions are answered as pages."""

    answer_error = staticmethod(answer_page_error)


async def answer_unknown_address(request: Request, error: Exception) -> Response:
    """The answer at an address that no route has: a page for a browser that looks for one, else a problem as JSON."""
    looks_for_a_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
    return await (answer_page_error if looks_for_a_page else answer_error)(request, error)
