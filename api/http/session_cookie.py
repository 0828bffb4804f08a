"""The cookie of the screen, and the token that forms carry."""

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence

from fastapi import Request, Response

from api.http.cross_site_requests import is_from_another_site, is_loopback_host
from api.http.problems import Problem

NAME = "ticketledger_session"
"""The name at a loopback address. Elsewhere it begins with ``__Host-``, so that no other host of the domain sets it."""
TOKEN_FIELD = "token"  # noqa: S105 -- the name of a field
_LOCAL = re.compile(r"local_[0-9a-f]{64}")

SentFields = Mapping[str, Sequence[str]]
"""The fields of a form: name -> values in their order."""


def field_of(fields: SentFields, name: str) -> str:
    """The last value of a field; empty without one."""
    return next(reversed(fields.get(name, ())), "")


def cookie_of(request: Request) -> str | None:
    """The value of the request's session cookie; None without one."""
    return request.cookies.get(_name(request))


def local_cookie(request: Request) -> str:
    """The cookie of a visitor without a key: the request's own, or a new one. It is stored nowhere."""
    cookie = cookie_of(request)
    return cookie if cookie is not None and _LOCAL.fullmatch(cookie) else f"local_{secrets.token_hex(32)}"


def set_cookie(response: Response, request: Request, cookie: str, seconds: int | None = None) -> None:
    """Adds Set-Cookie. None: until the browser ends. Only a loopback address may be used without TLS."""
    response.set_cookie(
        _name(request), cookie, max_age=seconds, path="/", httponly=True, samesite="strict", secure=is_secure(request)
    )


def delete_cookie(response: Response, request: Request) -> None:
    """Makes the browser forget the cookie."""
    response.delete_cookie(_name(request), path="/", httponly=True, samesite="strict", secure=is_secure(request))


def form_token(cookie: str) -> str:
    """The token of the forms of a session: HMAC-SHA256 of ``form`` under the cookie, in hexadecimal digits."""
    return hmac.digest(cookie.encode(), b"form", "sha256").hex()


def refuse_another_site(request: Request) -> None:
    """Raises Problem (forbidden) for a form that a page of another site sends."""
    if is_from_another_site(request):
        raise Problem("forbidden", "a page of another site may not send this form")


def check_form(request: Request, form: SentFields) -> None:
    """Raises Problem (forbidden) for a form that was not sent from a page of this server in the same session."""
    refuse_another_site(request)
    cookie, given = cookie_of(request), form.get(TOKEN_FIELD, ())
    if cookie is None or len(given) != 1 or not hmac.compare_digest(given[0].encode(), form_token(cookie).encode()):
        raise Problem("forbidden", "the form is not of your present session: load the page again and repeat")


def _name(request: Request) -> str:
    return f"__Host-{NAME}" if is_secure(request) else NAME


def is_secure(request: Request) -> bool:
    """Whether the cookie needs TLS: everywhere but at a loopback address."""
    return not is_loopback_host(request.headers.get("host", ""))
