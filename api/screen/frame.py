"""The document around a page that is in no table: with the menu and the way out for a visitor who is known."""

from collections.abc import Mapping

from fastapi import Request
from markupsafe import Markup

from api.api_keys import Principal
from api.http.container import Container
from api.http.middleware import encoded_path, name_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest
from api.http.session_cookie import cookie_of, form_token
from api.screen.instants import instant_of
from api.screen.language import language_of
from api.screen.page_parameters import COMMON
from api.screen.pages import PAGES
from api.screen.rendering import render
from api.screen.visit import INSTANTS, Visit, Visitor, settings_of
from domain.zones import TimeZone, zone_named


def framed(template: str, visitor: Visitor, content: Mapping[str, object]) -> Markup:
    """The HTML of a template; its document has a menu if the visitor is known."""
    known = isinstance(visitor, Visit)
    pages = [page for page in PAGES if page.in_menu and visitor.may(page.scope)] if isinstance(visitor, Visit) else ()
    return render(template, visitor, {"is_known": known, "pages": pages, **content})


def visit_of(request: Request, container: Container, caller: Principal) -> Visit:
    """The visit of a caller at the instants that the address names; at the present where they cannot be read.

    It reads the database.
    """
    settings = settings_of(container, caller.tenant)
    instants = _instants(request, zone_named(settings.zone))
    as_of, known_at = (instant_of(name, instants.get(name), zone_named(settings.zone)) for name in INSTANTS)
    given = request.query_params
    return Visit(
        language_of(request, settings.language),
        encoded_path(request),
        caller,
        ReadRequest(container, caller, (), known_at, as_of),
        settings,
        {name: name_of(value) for name, value in request.path_params.items()},
        {name: given.getlist(name) for name in given if name not in COMMON},
        instants,
        form_token(cookie_of(request) or ""),
    )


def _instants(request: Request, zone: TimeZone) -> Mapping[str, str]:
    """The instants of the address as they are written; none when one cannot be read."""
    given = {name: request.query_params[name] for name in INSTANTS if request.query_params.get(name)}
    try:
        for name, text in given.items():
            instant_of(name, text, zone)
    except Problem:
        return {}
    return given
