"""The endpoint that sets the language of a visitor."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.http.form_body import read_form
from api.http.problems import malformed
from api.http.session_cookie import field_of, is_secure, refuse_another_site
from api.screen.language import COOKIE, LANGUAGES
from api.screen.local_path import local_path

_YEAR = 365 * 86_400


async def choose_language(request: Request) -> Response:
    """Sets the language and returns to the page. Raises Problem (forbidden, malformed)."""
    form = await read_form(request)
    refuse_another_site(request)
    language = field_of(form, "language")
    if language not in LANGUAGES:
        raise malformed([{"loc": ("language",), "msg": "choose en or vi"}])
    response = RedirectResponse(local_path(field_of(form, "back"), "/"), 303)
    response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict", secure=is_secure(request))
    return response
