"""Every way to say no over HTTP: problem details (RFC 9457), from this one table."""

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

from domain.command_handling.decide import BackDated, StaleVersion
from domain.command_handling.service_desk import CommandIdReused, Overloaded
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogUnavailable
from domain.refusal import Refusal
from projections.engine.checkpoints import ProjectionOutdated
from projections.scope.report_scope import TooManyGroups

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "1"}
_LOG = logging.getLogger(__name__)

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "This is no valid HTTP request"),
    "unauthenticated": (401, "Authentication required"),
    "forbidden": (403, "Not allowed"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "This address does not take that method"),
    "too_slow": (408, "The request did not come in time"),
    "refused": (409, "Refused by a business rule"),
    "stale": (412, "It has changed since you read it"),
    "too_large": (413, "That is too much at once"),
    "uri_too_long": (414, "The address is too long"),
    "not_json": (415, "Send JSON"),
    "malformed": (422, "This cannot be understood"),
    "idempotency_key_reused": (422, "The idempotency key belongs to another command"),
    "overloaded": (429, "Too much is asked at once"),
    "headers_too_large": (431, "The headers are too large"),
    "internal": (500, "Something went wrong on our side"),
    "unavailable": (503, "The database does not answer"),
    "log_damaged": (503, "The log is not as it must be"),
    "not_reached": (504, "The reading has not come that far yet"),
}
"""By the last part of a problem's type: its HTTP status and title."""


class Problem(Exception):  # noqa: N818 -- the field's word
    """An answer other than what was asked for. ``members`` stand beside the standard ones in the body."""

    def __init__(self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(detail)
        self.status, title = PROBLEMS[kind]
        self.headers = headers
        self.body = {
            "type": f"urn:ticketledger:{kind}", "title": title, "status": self.status, "detail": detail, **members
        }  # fmt: skip

    @property
    def code(self) -> str:
        """The code of the rule that refused, or the last part of the type."""
        return str(self.body.get("code") or self.body["type"]).removeprefix("urn:ticketledger:")

    def response(self) -> Response:
        """What is sent."""
        return Response(json.dumps(self.body), self.status, self.headers, MEDIA_TYPE)


def malformed(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """From pydantic's list of errors; what was sent is not repeated."""
    found = [{"field": ".".join(map(str, error["loc"])), "message": error["msg"]} for error in errors]
    return Problem("malformed", "; ".join(f"{e['field']}: {e['message']}".lstrip(": ") for e in found), errors=found)


def problem_of(error: Exception) -> Problem:  # noqa: C901, PLR0911, PLR0912 -- one case an error
    """How an error of any room is told over HTTP."""
    match error:
        case Problem():
            return error
        case Refusal(code=code, rule=rule, state=state, ids=ids):
            named: dict[str, Any] = {name: str(stream) for name, stream in ids.items()}
            return Problem("refused", str(error), code=code, rule=rule, state=state, **named)
        case StaleVersion(expected=expected, actual=actual):
            return Problem("stale", str(error), expected=expected, actual=actual)
        case BackDated(most=most):
            way_out = "leave it out, or use a key that dates back further (keys create --back-dating)"
            return Problem(
                "forbidden", f"{error}: {way_out}", code="back_dated", most_seconds=int(most.total_seconds())
            )
        case CommandIdReused():
            return Problem("idempotency_key_reused", "choose a new Idempotency-Key for a new command")
        case Overloaded():
            return Problem("overloaded", str(error), headers=RETRY_AFTER)
        case LogDamaged(damage=damage):
            return Problem("log_damaged", str(error), code=damage.kind)
        case LogUnavailable() | psycopg.OperationalError() | psycopg.InterfaceError():
            return Problem(
                "unavailable",
                "try again in a moment; a command repeated with its Idempotency-Key has one effect",
                headers=RETRY_AFTER,
            )
        case ProjectionOutdated():
            return Problem("unavailable", "the readings are being made anew by another release", headers=RETRY_AFTER)
        case TooManyGroups():
            return Problem("malformed", str(error), errors=[])
        case RequestValidationError() | ValidationError():
            return malformed(error.errors())
        case psycopg.DataError():
            return Problem("malformed", "a value is outside of what can be stored", errors=[])
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
    """The answer to a request that ended with an error."""
    if isinstance(error, ClientDisconnect):
        _LOG.debug("a client left in the middle of %s", request.method)
        return Response(status_code=400)  # nobody reads it
    problem = problem_of(error)
    request.app.state.container.refusals.note(request, problem.status, problem.code)
    response = problem.response()
    if problem.status == 405:  # noqa: PLR2004 -- HTTP's own
        response.headers["Allow"] = ", ".join(_methods(request.app, request.scope))
    return response


def install(app: FastAPI) -> None:
    """Makes the application answer every error as a problem."""
    for kind in (
        Problem, Refusal, StaleVersion, BackDated, CommandIdReused, Overloaded, LogUnavailable, LogDamaged,
        ProjectionOutdated, TooManyGroups, RequestValidationError, ValidationError, ClientDisconnect,
        psycopg.OperationalError, psycopg.InterfaceError, psycopg.DataError, HTTPException, Exception,
    ):  # fmt: skip
        app.add_exception_handler(kind, answer_error)


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """Every method that the address of a request takes."""
    plain = {key: scope[key] for key in ("type", "path", "root_path")}

    def takes(method: str) -> bool:
        return any(route.matches({**plain, "method": method})[0] is Match.FULL for route in app.routes)

    found = [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if takes(method)]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found
