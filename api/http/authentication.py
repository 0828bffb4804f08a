"""Authentication: the API key or the session of a request, looked up once and cached for a few seconds."""

import asyncio
import time
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import psycopg
from fastapi import Request
from pydantic import ValidationError

from api.api_keys import KEYLESS, Permission, Principal, RefusedKey
from api.http.cross_site_requests import OWN_SITES, is_from_another_site, is_loopback_host, is_navigation
from api.http.person_header import on_behalf_of
from api.http.problems import Problem, malformed
from api.http.request_access import current_access
from api.http.request_body import is_json
from api.http.session_cookie import SentFields, check_form, cookie_of
from domain.command_context import Actor

TRUSTED_SECONDS = 5.0
MOST_REMEMBERED = 10_000
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


Caller = Principal | RefusedKey | None
"""Who a credential stands for; None when it is nothing that was ever given out."""


class _Remembered(NamedTuple):
    until: float
    look_up: asyncio.Task[Caller]


class Authentication:
    """Finds callers by their keys and sessions. A revoked key, or a session that has ended, is refused after
    TRUSTED_SECONDS at the latest.

    The cache holds hashes only. Concurrent requests with one credential share one look-up.
    """

    def __init__(
        self, find_key: Callable[[str], Caller], find_session: Callable[[str], Caller], keyless: str | None
    ) -> None:
        self._find_key = find_key
        self._find_session = find_session
        self._remembered: dict[bytes, _Remembered] = {}
        self._nobody = (
            Principal(keyless, KEYLESS, Actor(id="local", kind="agent"), frozenset({"admin"}), acts_for_others=True)
            if keyless
            else None
        )

    async def of(self, request: Request, scope: Permission) -> Principal:
        """The caller of a request that needs ``scope``: by the header Authorization, or for a reading by the cookie.

        Raises Problem (unauthenticated, forbidden, not_json).
        """
        given = request.headers.get("authorization")
        if given is None and self.needs_no_key(request):
            _refuse_other_sites(request)
            caller: Caller = self._nobody
        elif given is None and (cookie := cookie_of(request)) is not None:
            _refuse_what_a_cookie_may_not(request)
            caller = await self.of_session(cookie)
        elif given is None or given[:7].lower() != "bearer ":
            raise Problem("unauthenticated", "send the header Authorization: Bearer <key>", headers=_CHALLENGE)
        else:
            caller = await self.of_key(given[7:].strip())
        return _allowed(caller, scope)

    async def still(self, request: Request, scope: Permission) -> bool:
        """Whether the caller of an open stream still has ``scope``; yes while the database does not answer."""
        try:
            await self.of(request, scope)
        except Problem as problem:
            return problem.status not in {401, 403}
        except psycopg.OperationalError:
            return True
        return True

    async def of_form(self, request: Request, form: SentFields, scope: Permission) -> Principal:
        """The caller who sends a form of the screen. Raises Problem (unauthenticated, forbidden)."""
        check_form(request, form)
        if self.needs_no_key(request):
            return _allowed(self._nobody, scope)
        return _allowed(await self.of_session(cookie_of(request) or ""), scope)

    def needs_no_key(self, request: Request) -> bool:
        """Whether the request may act without a key: it names this computer, and the server is keyless."""
        return self._nobody is not None and is_loopback_host(request.headers.get("host", ""))

    async def of_key(self, token: str) -> Caller:
        """Whose key this is."""
        return await self._known(b"key", token, self._find_key)

    def forget(self, cookie: str) -> None:
        """Makes the next request with the cookie look the session up again."""
        self._remembered.pop(_digest(b"session", cookie), None)

    async def of_session(self, cookie: str) -> Caller:
        """Whose session this is."""
        return await self._known(b"session", cookie, self._find_session)

    async def _known(self, kind: bytes, credential: str, find: Callable[[str], Caller]) -> Caller:
        digest = _digest(kind, credential)
        now = time.monotonic()
        known = self._remembered.get(digest)
        if known is None or known.until < now:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            look_up = asyncio.create_task(asyncio.to_thread(find, credential))
            known = self._remembered[digest] = _Remembered(now + TRUSTED_SECONDS, look_up)
        try:
            return known.look_up.result() if known.look_up.done() else await asyncio.shield(known.look_up)
        except Exception:  # a failure is raised to the caller and not cached
            self._remembered.pop(digest, None)
            raise


def _digest(kind: bytes, credential: str) -> bytes:
    return sha256(kind + credential.encode()).digest()


def _allowed(caller: Caller, scope: Permission) -> Principal:
    """The caller, noted for the access journal. Raises Problem (unauthenticated, forbidden)."""
    if not isinstance(caller, Principal):
        current_access().refused_key = caller
        raise Problem("unauthenticated", "the key is unknown, revoked or expired", headers=_CHALLENGE)
    current_access().caller = caller
    if not caller.may(scope):
        raise Problem("forbidden", f"this needs a key with the scope {scope}", scope=scope)
    return caller


def _refuse_what_a_cookie_may_not(request: Request) -> None:
    """Raises Problem for a request that the cookie alone does not authorize.

    Another site may lead here by a link, and may neither load anything nor send a command.
    """
    if request.method != "GET":
        raise Problem("unauthenticated", "a command needs the header Authorization: Bearer <key>", headers=_CHALLENGE)
    if is_from_another_site(request) and not is_navigation(request):
        raise Problem("unauthenticated", "a page of another site may not read with your session", headers=_CHALLENGE)


def _refuse_other_sites(request: Request) -> None:
    """Raises Problem for a request that a page of another site has sent.

    Without a preflight a page can send to other sites what a form can send, which is never JSON.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers['host']}":
        raise Problem("forbidden", "a page of another site may not act without a key")
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES and not is_navigation(request):
        raise Problem("forbidden", "a page of another site may not act without a key")
    if request.method not in {"GET", "HEAD"} and not is_json(request):
        raise Problem("not_json", "without a key, send Content-Type: application/json also with an empty body")


def acting(caller: Principal, request: Request) -> Actor:
    """The actor of a request: that of the key, on behalf of the person in the header. Raises Problem."""
    other = on_behalf_of(request.scope["headers"])
    if other is None:
        return caller.actor
    if not caller.acts_for_others:
        raise Problem("forbidden", "this key may not act on behalf of others")
    try:
        return Actor(id=caller.actor.id, kind=caller.actor.kind, on_behalf_of=other)
    except ValidationError as error:
        raise malformed(error.errors()) from error
