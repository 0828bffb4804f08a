"""The problems of the API (RFC 9457): the table of their kinds, and the problem of each exception."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from api.http.fair_slots import SlotsTaken
from api.http.request_access import current_access
from domain.errors import LedgerError, message_of
from domain.event_log.store import LogUnavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "1"}
_LOG = logging.getLogger(__name__)

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "This is no valid HTTP request"),
    "unauthenticated": (401, "Authentication required"),
    "forbidden": (403, "Not allowed"),
    "not_found": (404, "Nothing has that address, id or position"),
    "method_not_allowed": (405, "This address does not take that method"),
    "too_slow": (408, "The request did not come in time"),
    "refused": (409, "Refused by a business rule"),
    "beyond_the_end": (410, "The log does not go that far"),
    "stale": (412, "It has changed since you read it"),
    "too_large": (413, "That is too much at once"),
    "uri_too_long": (414, "The address is too long"),
    "not_json": (415, "Send JSON"),
    "malformed": (422, "This cannot be understood"),
    "idempotency_key_reused": (422, "The idempotency key belongs to another command"),
    "overloaded": (429, "Too much is asked at once"),
    "headers_too_large": (431, "The headers are too large"),
    "internal": (500, "Something went wrong on our side"),
    "not_installed": (501, "This server cannot make that format"),
    "unavailable": (503, "Not available at the moment"),
    "log_damaged": (503, "The log is not as it must be"),
    "not_reached": (504, "The reading has not come that far yet"),
}
"""The HTTP status and the title of each kind, which is the last part of a problem's type."""
MOST_ERRORS = 100
"""How many errors of a request are named."""
_PASSING = {"overloaded", "unavailable", "not_reached"}
"""The kinds of problem that pass by themselves: their answers say when to try again."""


class Problem(Exception):  # noqa: N818 -- the field's word
    """A problem as an exception. ``members`` stand beside the standard ones in the body."""

    def __init__(self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.status, title = PROBLEMS[kind]
        self.headers = headers or (RETRY_AFTER if kind in _PASSING else None)
        if kind == "malformed":
            members.setdefault("errors", [])
        self.body = {
            "type": f"urn:ticketledger:{kind}", "title": title, "status": self.status, "detail": detail, **members
        }  # fmt: skip

    @property
    def code(self) -> str:
        """The code of the rule that refused, or the last part of the type."""
        return str(self.body.get("code") or self.body["type"]).removeprefix("urn:ticketledger:")

    @property
    def state(self) -> str | None:
        """The state in which a rule refused a command; None for any other problem."""
        state = self.body.get("state")
        return state if isinstance(state, str) else None

    def response(self) -> Response:
        """The response."""
        return Response(json.dumps(self.body), self.status, self.headers, MEDIA_TYPE)


def malformed(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """A problem from pydantic's list of errors, without the values that were sent. The first MOST_ERRORS are named.

    A parameter that several parts of an address read is wrong once.
    """
    named = errors[:MOST_ERRORS]
    messages = dict.fromkeys((".".join(map(str, error["loc"])), message_of(error)) for error in named)
    fields = [{"field": field, "message": message} for field, message in messages]
    detail = "; ".join(f"{error['field']}: {error['message']}".lstrip(": ") for error in fields)
    return Problem("malformed", detail, errors=fields)


def unknown_id(nothing: str = "nothing") -> Problem:
    """The problem of an id that nothing has: never, or not by the instants or the position that were read."""
    detail = f"{nothing} has that id, or had it by then; give `after=POSITION` for what was just recorded"
    return Problem("not_found", detail)


def problem_of(error: Exception) -> Problem:  # noqa: PLR0911 -- one case an error
    """The problem of an exception; any unexpected one is `internal`."""
    match error:
        case Problem():
            return error
        case SlotsTaken():
            return Problem(error.kind, error.detail, headers={"Retry-After": str(error.seconds)})
        case LedgerError():
            return Problem(error.kind, error.detail, **error.facts)
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return problem_of(LogUnavailable())
        case RequestValidationError() | ValidationError():
            return malformed(error.errors())
        case psycopg.DataError():
            return Problem("malformed", "a value is outside of what can be stored")
        case HTTPException(status_code=404):
            return Problem("not_found", "no such address")
        case HTTPException(status_code=405):
            return Problem("method_not_allowed", "see Allow")
        case _:
            # the server closes the connection after a defect
            return Problem(
                "internal", "it has been noted; the same request may work later", headers={"Connection": "close"}
            )


async def answer_error(request: Request, error: Exception) -> Response:
    """The answer to a request that raised an exception."""
    if isinstance(error, ClientDisconnect):
        _LOG.debug("a client left in the middle of %s", request.method)
        return Response(status_code=400)  # nobody reads it
    problem = problem_of(error)
    request.app.state.container.refusals.note(request, problem.status, problem.code)
    access = current_access()
    access.code, access.state = problem.code, problem.state
    if problem.kind == "overloaded":
        await request.app.state.container.held.hold(access.began)
    response = problem.response()
    if problem.status == 405:  # noqa: PLR2004 -- HTTP's own
        response.headers["Allow"] = ", ".join(_methods(request.app, request.scope))
    return response


def install(app: FastAPI) -> None:
    """Makes the application answer every exception as a problem."""
    app.state.methods = {}
    for kind in (
        Problem, LedgerError, RequestValidationError, ValidationError, ClientDisconnect,
        psycopg.OperationalError, psycopg.InterfaceError, psycopg.DataError, HTTPException, Exception,
    ):  # fmt: skip
        app.add_exception_handler(kind, answer_error)


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """The methods that the address of a request takes, found once for each route: it takes 1,500 comparisons."""
    known: dict[object, list[str]] = app.state.methods
    address = scope.get("endpoint"), getattr(scope.get("route"), "path_format", None)
    if address not in known:
        known[address] = _methods_of(app, scope)
    return known[address]


def _methods_of(app: FastAPI, scope: Scope) -> list[str]:
    plain = {key: scope[key] for key in ("type", "path", "root_path")}

    def takes(method: str) -> bool:
        return any(route.matches({**plain, "method": method})[0] is Match.FULL for route in app.routes)

    methods = [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if takes(method)]
    return ["GET", "HEAD", *methods[1:]] if "GET" in methods else methods
