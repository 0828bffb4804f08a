"""Refused requests, counted by status and logged at level INFO with the caller's address and key."""

import logging
from collections import Counter
from uuid import UUID

from fastapi import Request

from api.api_keys import Principal, RefusedKey
from api.http.request_access import RequestAccess, current_access

LOGGED = frozenset({400, 401, 403, 408, 409, 412, 413, 414, 429, 431})
LONGEST_PATH = 200
_WALL = "/wall/"
"""What follows in such a path is a key."""
_LOG = logging.getLogger(__name__)


class Refusals:
    """The refused requests of this process since its start."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, str]] = Counter()

    def note(self, request: Request, status: int, code: str) -> None:
        """Counts an answer, and logs it when its status is in LOGGED.

        Of the request, only the method and the path are logged, as they came over the wire, with names in place of
        values that are no ids: somebody may have put an e-mail address there. Of a link to the team wall it is only
        its beginning. The key is named by its tenant and its id, which open nothing.
        """
        address = request.client.host if request.client else "-"
        path = _without_values(request)[:LONGEST_PATH]
        if request.scope["path"].startswith(_WALL):
            path = _WALL
        self._note(status, code, f"{address}{_key_of(current_access())}: {request.method} {path}")

    def note_unread(self, address: str, status: int, code: str) -> None:
        """Counts and logs an answer to a request that was not read to its end."""
        self._note(status, code, address)

    def _note(self, status: int, code: str, caller: str) -> None:
        self._counts[status, code] += 1
        if status in LOGGED:
            _LOG.info("%d %s to %s", status, code, caller)

    def by_status(self) -> dict[str, int]:
        """How many there are of each status."""
        totals: Counter[str] = Counter()
        for (status, _), count in self._counts.items():
            totals[str(status)] += count
        return dict(sorted(totals.items()))


def _key_of(access: RequestAccess) -> str:
    """The key that was shown, also one that was refused; empty without one."""
    key = access.caller or access.refused_key
    return f" with key {key.tenant} {key.key_id}" if key and not _is_keyless(key) else ""


def _is_keyless(key: Principal | RefusedKey) -> bool:
    return isinstance(key, Principal) and key.is_keyless


def _without_values(request: Request) -> str:
    names = {str(value): f"{{{name}}}" for name, value in request.path_params.items() if not _is_id(value)}
    if not names:
        return str(request.scope.get("raw_path", b"").decode("ascii", "backslashreplace"))
    parts = str(request.scope["path"]).split("/")
    return "/".join(names.get(part, part) for part in parts).encode("unicode_escape").decode()


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
