"""Authentication: the API key of a request, looked up once and cached for a few seconds."""

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
from fastapi import Request
from pydantic import ValidationError

from api.api_keys import Permission, Principal, RefusedKey
from api.http.person_header import on_behalf_of
from api.http.problems import Problem, malformed
from api.http.request_access import current_access
from api.http.request_body import is_json
from api.settings import is_loopback
from domain.command_context import Actor

TRUSTED_SECONDS = 5.0
MOST_REMEMBERED = 10_000
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class _Remembered(NamedTuple):
    until: float
    look_up: asyncio.Task[Principal | RefusedKey | None]


class Authentication:
    """Finds callers by their keys. A revoked key is refused after TRUSTED_SECONDS at the latest.

    The cache holds hashes of keys only. Concurrent requests with one key share one look-up.
    """

    def __init__(self, find: Callable[[str], Principal | RefusedKey | None], keyless: str | None) -> None:
        self._find = find
        self._remembered: dict[bytes, _Remembered] = {}
        self._nobody = (
            Principal(keyless, "local", Actor(id="local", kind="agent"), frozenset({"admin"}), acts_for_others=True)
            if keyless
            else None
        )

    async def of(self, request: Request, scope: Permission) -> Principal:
        """The caller of a request that needs ``scope``. Raises Problem (unauthenticated, forbidden, not_json)."""
        given = request.headers.get("authorization")
        if given is None and self._nobody is not None and _names_this_computer(request.headers.get("host", "")):
            _refuse_other_sites(request)
            caller: Principal | RefusedKey | None = self._nobody
        elif given is None or given[:7].lower() != "bearer ":
            raise Problem("unauthenticated", "send the header Authorization: Bearer <key>", headers=_CHALLENGE)
        else:
            caller = await self._known(given[7:].strip())
        if not isinstance(caller, Principal):
            current_access().refused_key = caller
            raise Problem("unauthenticated", "the key is unknown, revoked or expired", headers=_CHALLENGE)
        current_access().caller = caller
        if not caller.may(scope):
            raise Problem("forbidden", f"this needs a key with the scope {scope}", scope=scope)
        return caller

    async def still(self, request: Request, scope: Permission) -> bool:
        """Whether the caller of an open stream still has ``scope``; yes while the database does not answer."""
        try:
            await self.of(request, scope)
        except Problem as problem:
            return problem.status not in {401, 403}
        except psycopg.OperationalError:
            return True
        return True

    async def _known(self, token: str) -> Principal | RefusedKey | None:
        digest = sha256(token.encode()).digest()
        now = time.monotonic()
        known = self._remembered.get(digest)
        if known is None or known.until < now:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            look_up = asyncio.create_task(asyncio.to_thread(self._find, token))
            known = self._remembered[digest] = _Remembered(now + TRUSTED_SECONDS, look_up)
        try:
            return await asyncio.shield(known.look_up)
        except Exception:  # a failure is raised to the caller and not cached
            self._remembered.pop(digest, None)
            raise


@lru_cache(maxsize=64)
def _names_this_computer(host: str) -> bool:
    """Whether the header Host names this computer; another site's name that resolves to it is refused."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _refuse_other_sites(request: Request) -> None:
    """Raises Problem for a request that a page of another site has sent.

    Without a preflight a page can send to other sites what a form can send, which is never JSON.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers['host']}":
        raise Problem("forbidden", "a page of another site may not act without a key")
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
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
