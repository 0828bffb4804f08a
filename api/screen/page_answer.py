"""The answer to a request for a page: the document, or its panels alone."""

import logging
import time
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from http import HTTPStatus

import psycopg
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.api_keys import Principal
from api.http.container import Container
from api.http.middleware import name_of
from api.http.panel_cache import Shown, ShownPanel
from api.http.problems import Problem
from api.http.read_session import ReadRequest, ReadSession
from api.http.request_access import current_access
from api.http.session_cookie import cookie_of, form_token, local_cookie, set_cookie
from api.http.shared_snapshot import read_at_once
from api.screen.frame import framed
from api.screen.instants import instant_of
from api.screen.language import language_of, language_wanted
from api.screen.page import Page, Panel
from api.screen.page_parameters import COMMON
from api.screen.rendering import render, without_links
from api.screen.screen_route import html_answer
from api.screen.visit import INSTANTS, Visit, path_part, settings_of
from domain.command_context import Actor
from domain.errors import LedgerError
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named

SLICE_SECONDS = 15
"""What depends on the present is judged anew after so many seconds, though nothing was recorded."""
_LOG = logging.getLogger(__name__)
_ANYBODY = Actor(id="anybody", kind="agent")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A caller who may see ``page`` asks for it with ``query``, as of position ``after`` or later."""

    page: Page
    request: Request
    container: Container
    caller: Principal
    query: Mapping[str, Sequence[str]]
    after: int

    @property
    def is_of_fragments(self) -> bool:
        """Whether it asks for panels without the document around them."""
        return "panel" in self.query

    @property
    def instants(self) -> dict[str, str]:
        """The instants that it names, as they are written."""
        return {name: self.query[name][-1] for name in INSTANTS if self.query.get(name, [""])[-1]}

    def panels(self) -> list[Panel]:
        """The panels that it asks for, in the order of the page. Raises Problem (not_found)."""
        wanted = self.query.get("panel")
        if wanted is None:
            return list(self.page.panels)
        if set(wanted) - {panel.name for panel in self.page.panels}:
            names = ", ".join(panel.name for panel in self.page.panels)
            raise Problem("not_found", f"the panels of this page are {names}")
        return [panel for panel in self.page.panels if panel.name in wanted]

    def visit(self, caller: Principal, token: str, settings: TenantSettings | None = None) -> Visit:
        """The visit of a caller, in the language and the zone of the tenant: by ``settings``, or as it is now."""
        container, page = self.container, self.page
        settings = settings or settings_of(container, caller.tenant)
        zone = zone_named(settings.zone)
        instants = self.instants
        as_of, known_at = (instant_of(name, instants.get(name), zone) for name in INSTANTS)
        path = {name: name_of(value) for name, value in self.request.path_params.items()}
        return Visit(
            language_of(self.request, settings.language),
            page.path.format(**{name: path_part(value) for name, value in path.items()}),
            caller,
            ReadRequest(container, caller, page.projections, known_at, as_of),
            settings,
            path,
            {name: values for name, values in self.query.items() if name not in COMMON},
            instants,
            token,
        )


async def answer(page_request: PageRequest) -> Response:
    """The document, or the panels that ``panel`` names; 304 for what the browser has already.

    Panels that all visitors see alike come from the cache of the process.
    """
    panels = page_request.panels()
    current_access().again = page_request.is_of_fragments and not any(panel.still for panel in panels)
    shared = [panel.name for panel in panels if panel.shared]
    kept = await _kept(page_request, shared) if shared and not page_request.instants else None
    if kept is not None and page_request.is_of_fragments and len(shared) == len(panels):
        tag = _tag(kept, language_wanted(page_request.request), "")
        return _not_modified(page_request, tag, kept) or _fragments(panels, kept, tag)
    if page_request.is_of_fragments and not page_request.after:
        async with page_request.container.shown.turn():
            return await run_in_threadpool(_read, page_request, panels, kept)
    return await run_in_threadpool(_read, page_request, panels, kept)


async def _kept(page_request: PageRequest, names: Collection[str]) -> Shown:
    """The panels of these names from the cache, as of the last commit of their projections."""
    positions = page_request.container.tenants[page_request.caller.tenant].positions
    positions.listen()
    reached = positions.reached_by(page_request.page.projection_names) if positions.current else None
    key: Hashable = (
        page_request.caller.tenant,
        page_request.page.name,
        language_wanted(page_request.request),
        tuple(sorted(page_request.request.path_params.items())),
        tuple((name, *values) for name, values in sorted(page_request.query.items()) if name not in COMMON),
    )
    return await page_request.container.shown.get(
        key,
        names,
        lambda kept: reached is not None and kept.position >= max(reached, page_request.after),
        partial(_make, page_request),
        at_once=not page_request.is_of_fragments or page_request.after > 0,
    )


def _make(page_request: PageRequest, names: Collection[str]) -> Mapping[str, ShownPanel]:
    """Reads and renders panels with the rights that the page needs and no others."""
    anybody = Principal(
        page_request.caller.tenant, "", _ANYBODY, frozenset({page_request.page.scope}), acts_for_others=False
    )
    visit = page_request.visit(anybody, "")
    page = page_request.page
    panels = {panel.name: panel for panel in page.panels if panel.name in names}
    with page.session(visit) as session:
        return read_at_once(
            session, page_request.container.pool, panels, lambda name, of: _made(page, panels[name], visit, of)
        )


def _read(page_request: PageRequest, panels: Sequence[Panel], kept: Shown | None) -> Response:
    """The answer from one snapshot: that of the kept panels when they are all, else a new one."""
    page, caller = page_request.page, page_request.caller
    keyless = page_request.container.callers.needs_no_key(page_request.request)
    cookie = local_cookie(page_request.request) if keyless else cookie_of(page_request.request) or ""
    whole = kept if page.title is None and all(panel.shared for panel in panels) else None
    visit = page_request.visit(caller, form_token(cookie), None if whole is None else whole.settings)
    title = "" if page.title else visit.w(f"{page.name}.title")
    if whole is not None:
        shown = whole
    else:
        with page.session(visit) as session:
            title = page.title(visit, session) if page.title else title
            shown = _shown(page, panels, visit, session, kept)
    tag = _tag(shown, visit.language, caller.key_id)
    if known := _not_modified(page_request, tag, shown):
        return known
    if page_request.is_of_fragments:
        return _fragments(panels, shown, tag)
    content = {
        "page": page,
        "title": title,
        "panels": {panel.name: shown.panels[panel.name].html for panel in panels},
        "position": shown.position,
        "now": shown.at,
    }
    document = html_answer(framed(page.document, visit, content), headers=_headers(tag, shown))
    if keyless:
        set_cookie(document, page_request.request, cookie)
    return document


def _shown(page: Page, panels: Sequence[Panel], visit: Visit, session: ReadSession, kept: Shown | None = None) -> Shown:
    """The panels in a snapshot; the kept ones where they are of the same position."""
    known = {} if kept is None else kept.panels
    current = {name: panel for name, panel in known.items() if panel.position == session.position}
    made = {panel.name: current.get(panel.name) or _made(page, panel, visit, session) for panel in panels}
    return Shown(session.position, session.now, visit.settings, made)


def _made(page: Page, panel: Panel, visit: Visit, session: ReadSession) -> ShownPanel:
    """The panel. A defect of one leaves the others of its page as they are."""
    began = time.monotonic()
    facts = {"page": page, "panel": panel, "position": session.position, "now": session.now}
    try:
        html = render(f"{page.name}/{panel.name}.html", visit, {**panel.read(visit, session), **facts})
    except (LedgerError, Problem, psycopg.Error):  # an answer, or one that leaves no snapshot to the other panels
        raise
    except Exception:
        if len(page.panels) == 1:
            raise
        _LOG.exception("the panel %s of the page %s cannot be made", panel.name, page.name)
        html = render("problem/panel.html", visit, facts)
    if not page.has_links:
        html = without_links(html)
    return ShownPanel(html.encode(), session.position, session.now, time.monotonic() - began, visit.settings)


def _tag(shown: Shown, language: str | None, whose: str) -> str:
    """The version of a page: of each panel the position and the present in slices, the language, and whose page it is.

    It is short, since it comes back with every request of an open page.
    """
    versions = ((panel.position, int(panel.at.timestamp()) // SLICE_SECONDS) for panel in shown.panels.values())
    return f'"{blake2b(repr((shown.position, *versions)).encode(), digest_size=8).hexdigest()}.{language}.{whose}"'


def _not_modified(page_request: PageRequest, tag: str, shown: Shown) -> Response | None:
    if page_request.request.headers.get("if-none-match") != tag:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=_headers(tag, shown))


def _fragments(panels: Sequence[Panel], shown: Shown, tag: str) -> Response:
    html = b"\n".join(shown.panels[panel.name].encoded for panel in panels)
    return html_answer(html, headers=_headers(tag, shown))


def _headers(tag: str, shown: Shown) -> dict[str, str]:
    return {"ETag": tag, "Ledger-Position": str(shown.position)}
