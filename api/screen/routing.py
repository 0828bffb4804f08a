"""The endpoints of the pages: one for each row of the table, from the request to the document or its panels."""

import re
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from api.api_keys import Principal
from api.http.container import Container, container_of
from api.http.middleware import name_of
from api.http.problems import Problem, malformed
from api.http.read_session import ReadRequest, ReadSession, include
from api.http.session_cookie import cookie_of, form_token, local_cookie, set_cookie
from api.screen.actions.form_pages import FORM_PAGES
from api.screen.actions.sending import taking
from api.screen.actions.table import ACTIONS
from api.screen.assets import PREFIX, serve_asset
from api.screen.instants import instant_of
from api.screen.language import choose_language, language_of
from api.screen.page import Page, Panel
from api.screen.pages import PAGES
from api.screen.rendering import render
from api.screen.screen_route import SIGN_IN, ScreenRoute, html_answer
from api.screen.sign_in import show_sign_in, sign_in, sign_out
from api.screen.visit import INSTANTS, Visit
from api.settings import utc_now
from domain.zones import zone_named
from projections.customers.tenant_zone import tenant_settings

HOME = "/desk"
_COMMON = frozenset({*INSTANTS, "after", "panel"})
SLICE_SECONDS = 15
"""What depends on the present is judged anew after so many seconds, though nothing was recorded."""
_PATIENCE = 5.0
_POSITION = re.compile("[0-9]{1,18}")


def add_screen(app: FastAPI) -> None:
    """Adds the pages and their files."""
    for page in (*FORM_PAGES, *PAGES):
        _add(app, "GET", page.path, _endpoint(page))
    for action in ACTIONS:
        _add(app, "POST", action.path, taking(action))
    _add(app, "GET", "/", _home)
    _add(app, "GET", PREFIX + "/{file}", serve_asset)
    _add(app, "POST", "/language", choose_language)
    _add(app, "GET", SIGN_IN, show_sign_in)
    _add(app, "POST", SIGN_IN, sign_in)
    _add(app, "POST", "/sign-out", sign_out)


def screen_addresses() -> frozenset[str]:
    """The method and the address of each page."""
    return frozenset(f"GET {page.path}" for page in (*FORM_PAGES, *PAGES))


def _add(app: FastAPI, method: str, path: str, endpoint: Callable[[Request], Coroutine[Any, Any, Response]]) -> None:
    app.router.add_api_route(
        path, endpoint, methods=[method], include_in_schema=False, route_class_override=ScreenRoute
    )


async def _home(_request: Request) -> Response:
    return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)


def _endpoint(page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def endpoint(request: Request) -> Response:
        container = container_of(request)
        caller = await container.callers.of(request, page.scope)
        query = _query(request, page)
        after = _position(query.get("after"))
        if after:
            names = [projection.name for projection in page.projections]
            await include(container, caller, after, names, _PATIENCE)
        return await run_in_threadpool(_answer, page, request, container, caller, query)

    return endpoint


def _query(request: Request, page: Page) -> dict[str, list[str]]:
    """The query parameters with all their values. Raises Problem (malformed) for one that the page does not have."""
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    known = _COMMON | page.parameters
    unknown = sorted(query.keys() - known)
    if unknown:
        rule = f"this page knows no such parameter, only {', '.join(sorted(known))}"
        raise malformed([{"loc": (name,), "msg": rule} for name in unknown])
    return query


def _position(values: Sequence[str] | None) -> int:
    text = values[-1] if values else "0"
    if not _POSITION.fullmatch(text):
        raise malformed([{"loc": ("after",), "msg": "a position of the log, such as 81220"}])
    return int(text)


def _answer(
    page: Page, request: Request, container: Container, caller: Principal, query: dict[str, list[str]]
) -> Response:
    """The document, or the panels that ``panel`` names; 304 for what the browser has already."""
    cookie = local_cookie(request) if container.callers.needs_no_key(request) else cookie_of(request) or ""
    visit = _visit(page, request, container, caller, query, form_token(cookie))
    wanted = query.get("panel")
    panels = page.panels if wanted is None else _panels(page, wanted)
    with _session(page, visit) as session:
        tag = _tag(visit, session)
        headers = {"ETag": tag, "Ledger-Position": str(session.position)}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        title = page.title(visit, session) if page.title else visit.w(f"{page.name}.title")
        shown = [_panel(page, panel, visit, session) for panel in panels]
        if wanted is not None:
            return html_answer(Markup("\n").join(shown), headers=headers)
        content = {
            "page": page,
            "title": title,
            "panels": dict(zip((panel.name for panel in panels), shown, strict=True)),
            "pages": [listed for listed in PAGES if listed.in_menu and caller.may(listed.scope)],
            "position": session.position,
            "now": session.now,
        }
        document = html_answer(render("page.html", visit, content), headers=headers)
    if container.callers.needs_no_key(request):
        set_cookie(document, request, cookie)
    return document


def _visit(
    page: Page, request: Request, container: Container, caller: Principal, query: dict[str, list[str]], token: str
) -> Visit:
    with container.pool.connection() as connection:
        settings = tenant_settings(connection, caller.tenant, (container.settings.clock or utc_now)())
    zone = zone_named(settings.zone)
    instants = {name: query[name][-1] for name in INSTANTS if query.get(name, [""])[-1]}
    as_of, known_at = (instant_of(name, instants.get(name), zone) for name in INSTANTS)
    path = {name: name_of(value) for name, value in request.path_params.items()}
    return Visit(
        language_of(request, settings.language),
        page.path.format(**path),
        caller,
        ReadRequest(container, caller.tenant, page.projections, known_at, as_of),
        settings,
        path,
        {name: values for name, values in query.items() if name not in _COMMON},
        instants,
        token,
    )


def _session(page: Page, visit: Visit) -> AbstractContextManager[ReadSession]:
    return visit.reader.view() if page.whole else visit.reader.live()


def _tag(visit: Visit, session: ReadSession) -> str:
    """The version of a page: its position, the present in slices, the language, and whose page it is."""
    slice_ = 0 if visit.is_past else int(session.now.timestamp()) // SLICE_SECONDS
    return f'"{session.position}.{slice_}.{visit.language}.{visit.caller.key_id}"'


def _panels(page: Page, names: Iterable[str]) -> list[Panel]:
    """The panels of these names, in the order of the page. Raises Problem (not_found)."""
    wanted = set(names)
    if wanted - {panel.name for panel in page.panels}:
        raise Problem("not_found", f"the panels of this page are {', '.join(panel.name for panel in page.panels)}")
    return [panel for panel in page.panels if panel.name in wanted]


def _panel(page: Page, panel: Panel, visit: Visit, session: ReadSession) -> Markup:
    content = panel.read(visit, session)
    facts = {"page": page, "panel": panel, "position": session.position}
    return render(f"{page.name}/{panel.name}.html", visit, {**content, **facts})
