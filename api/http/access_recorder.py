"""Writes an entry of the access journal for a request, once its status is known."""

import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.types import Scope

from api.access_journal.entry import AccessAction, AccessEntry, who
from api.api_keys import Principal
from api.http.person_header import on_behalf_of
from api.http.problems import Problem
from api.http.query_string import pairs_of
from api.http.request_access import RequestAccess
from domain.ids import canonical
from projections.figures.registry import FIGURES

AGAIN_SECONDS = 600.0
MOST_REMEMBERED = 10_000
_OF_A_FIGURE = "/figures/{name}"


class AccessSink(Protocol):
    """Takes an entry of a tenant, and how many rows the caller was given."""

    def __call__(self, tenant: str, entry: AccessEntry, rows: int | None = None) -> None: ...


class AccessRecorder:
    """Notes what ``table`` says of each address; a command that succeeds is an event and not noted.

    An address that the table lacks is noted as a reading, unless it is one of ``commands``. What an open page asks for
    anew is noted once in AGAIN_SECONDS, and not each time; another question of the same page is noted.
    """

    def __init__(self, note: AccessSink, table: Mapping[str, AccessAction | None], commands: frozenset[str]) -> None:
        self._note = note
        self._table: Mapping[str, AccessAction | None] = {**dict.fromkeys(commands, None), **table}
        self._lately: dict[tuple[str, AccessEntry, bytes], float] = {}

    def record(self, scope: Scope, access: RequestAccess, status: int) -> None:
        """Notes a request that is answered with ``status``. Nothing that the caller typed is noted, but for ids."""
        route = scope.get("route")
        if route is None or (access.caller is None and access.refused_key is None):
            return
        what = f"{scope['method']} {route.path_format}"
        origin = scope["client"][0] if scope.get("client") else "-"
        if access.caller is None:
            if access.refused_key is not None:
                tenant, key, reason = access.refused_key
                self._note(tenant, AccessEntry("sign_in_failed", what, key=key, origin=origin, outcome=reason))
            return
        action = self._action(what, access, status)
        if action is None:
            return
        done = status < 400  # noqa: PLR2004 -- HTTP's own
        entry = AccessEntry(
            action,
            what,
            **who(access.caller),
            origin=origin,
            subjects=tuple(_subjects(scope, known_parameters=done)),
            outcome="done" if done else access.code or str(status),
            state=access.state,
            figure=_figure(scope),
        )
        person = _person(scope, access.caller)
        entry = entry if person is None else entry._replace(on_behalf_of=person)
        if not (access.again and self._is_repeated((access.caller.tenant, entry, _question(scope)))):
            self._note(access.caller.tenant, entry, access.rows if done else None)

    def _is_repeated(self, reading: tuple[str, AccessEntry, bytes]) -> bool:
        """Whether the same was asked and noted within AGAIN_SECONDS; if not, this one counts as noted."""
        now = time.monotonic()
        if self._lately.get(reading, 0.0) > now:
            return True
        if len(self._lately) >= MOST_REMEMBERED:
            self._lately.clear()
        self._lately[reading] = now + AGAIN_SECONDS
        return False

    def _action(self, what: str, access: RequestAccess, status: int) -> AccessAction | None:
        """The action of an entry; None for what is not recorded."""
        if status == 403:  # noqa: PLR2004 -- HTTP's own
            return "denied"
        if status == 409 and access.state is not None:  # noqa: PLR2004 -- HTTP's own
            return "refused"
        return self._table.get(what, "read")


def _question(scope: Scope) -> bytes:
    """A hash of the path and the query without ``panel``: the panels of one page answer one question."""
    query = urlencode(sorted((name, value) for name, value in pairs_of(scope) if name != "panel"))
    return sha256(f"{scope['path']}?{query}".encode()).digest()


def _figure(scope: Scope) -> str | None:
    """The figure in the address; None where there is no figure of that name."""
    name = scope.get("path_params", {}).get("name")
    return name if _OF_A_FIGURE in scope["route"].path_format and name in FIGURES else None


def _person(scope: Scope, caller: Principal) -> str | None:
    """The person for whom a key that may act for others sent the request."""
    if not caller.acts_for_others:
        return None
    try:
        return on_behalf_of(scope["headers"])
    except Problem:
        return None


def _subjects(scope: Scope, *, known_parameters: bool) -> Iterator[tuple[str, str]]:
    """The ids in the address. The names of parameters are only used once it is known that the address has them."""
    named: list[tuple[str, Any]] = list(scope.get("path_params", {}).items())
    if known_parameters:
        named += [(name, value) for name, value in pairs_of(scope) if name != "panel"]
    for name, value in named:
        try:
            yield name.removesuffix("_id"), str(canonical(value)).lower()
        except ValueError:
            continue
