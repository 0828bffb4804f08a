"""The endpoints that make, replace and revoke keys: by the same functions as the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from psycopg import Connection, errors
from starlette.concurrency import run_in_threadpool

from api.api_key_lifecycle import KeyNotUsable, make, revoke, rotate
from api.api_keys import LONGEST_WALL, Principal, Token
from api.http.container import Container, container_of
from api.http.form_body import read_form
from api.http.problems import Problem, answer_error
from api.http.session_cookie import SentFields, cookie_of, form_token, is_secure
from api.readable import minute
from api.screen.endpoints.wall import wall_address
from api.screen.frame import framed, visit_of
from api.screen.keys.key_form import LONGEST_DAYS, AskedKey, WrongField, asked_key, asked_wall, days_of
from api.screen.pages.keys import CHOICES, PAGE
from api.screen.screen_route import html_answer
from domain.command_context import Origin
from domain.event_log import reader
from domain.event_log.database_connections import COMMANDS, connect
from domain.ids import new_id_text

_SCREEN = Origin(channel="screen")
_LONGEST_ID = 100
_ANSWERED = (WrongField, KeyNotUsable, errors.InsufficientPrivilege)


async def create_key(request: Request) -> Response:
    """Makes a key and shows it this once."""
    return await _make(request, "key")


async def create_wall(request: Request) -> Response:
    """Makes a link to the team wall and shows it this once."""
    return await _make(request, "wall")


async def rotate_key(request: Request) -> Response:
    """Makes a key in place of another, which stays valid for some days, and shows it this once."""
    container, form, caller = await _admitted(request)
    key = request.path_params["key_id"]
    try:
        overlap = days_of(form, "overlap", longest=LONGEST_WALL.days, least=0) or timedelta()
        life = days_of(form, "days", longest=LONGEST_DAYS, may_be_empty=True)

        def rotated() -> tuple[Token, datetime | None]:
            with _owner(container) as connection:
                ends_at = _end(connection, life)
                token = rotate(
                    connection, caller.tenant, key, overlap, caller.actor,
                    expires_at=ends_at, origin=_SCREEN, command_id=_command_id(form),
                )  # fmt: skip
                return token, ends_at

        token, ends_at = await run_in_threadpool(rotated)
    except _ANSWERED as error:
        return await _again(request, caller, form, error, "")
    return await run_in_threadpool(_made, request, container, caller, token, ends_at, replaced=key)


async def revoke_key(request: Request) -> Response:
    """Ends a key, or a link to the team wall."""
    container, form, caller = await _admitted(request)

    def revoked() -> None:
        if form.get("confirmed") != ["on"]:
            raise WrongField("confirmed")
        with _owner(container) as connection:
            revoke(connection, caller.tenant, request.path_params["key_id"], caller.actor, _SCREEN)

    try:
        await run_in_threadpool(revoked)
    except _ANSWERED as error:
        return await _again(request, caller, form, error, "")
    return RedirectResponse(PAGE.path, HTTPStatus.SEE_OTHER)


async def _make(request: Request, what: str) -> Response:
    container, form, caller = await _admitted(request)

    def made(asked: AskedKey) -> tuple[Token, datetime | None]:
        with _owner(container) as connection:
            ends_at = _end(connection, asked.life)
            token = make(
                connection, caller.tenant, asked.actor, asked.scopes, caller.actor,
                back_dating=asked.back_dating, acts_for_others=asked.acts_for_others, expires_at=ends_at,
                origin=_SCREEN, command_id=_command_id(form),
            )  # fmt: skip
            return token, ends_at

    try:
        asked = asked_key(form) if what == "key" else asked_wall(form)
        token, ends_at = await run_in_threadpool(made, asked)
    except _ANSWERED as error:
        return await _again(request, caller, form, error, what)
    return await run_in_threadpool(_made, request, container, caller, token, ends_at, is_wall=what == "wall")


async def _admitted(request: Request) -> tuple[Container, SentFields, Principal]:
    """The form and who sends it. Raises Problem unless it is somebody who may make keys."""
    container, form = container_of(request), await read_form(request)
    return container, form, await container.callers.of_form(request, form, PAGE.scope)


@contextmanager
def _owner(container: Container) -> Iterator[Connection]:
    """A connection of the role that owns the tables: no other may change keys."""
    with connect(container.settings.owning, COMMANDS) as connection:
        yield connection


def _end(connection: Connection, life: timedelta | None) -> datetime | None:
    return None if life is None else reader.now(connection) + life


def _command_id(form: SentFields) -> str | None:
    """The id that the page gave the form, so that a form that is sent twice makes one key."""
    given = next(iter(form.get("command_id", ())), "")
    return given if given.isascii() and given.isprintable() and 0 < len(given) <= _LONGEST_ID else None


def _made(
    request: Request,
    container: Container,
    caller: Principal,
    token: Token,
    ends_at: datetime | None,
    *,
    replaced: str | None = None,
    is_wall: bool = False,
) -> Response:
    """The page with the new key, which no browser keeps: the answer to a form is not in its history."""
    visit = visit_of(request, container, caller)
    scheme = "https" if is_secure(request) else "http"
    content = {
        "text": token.text,
        "address": f"{scheme}://{request.headers['host']}{wall_address(token.text)}" if is_wall else None,
        "until": ends_at and minute(visit.local(ends_at), visit.language),
        "replaced": replaced,
    }
    return html_answer(framed("keys/made.html", visit, content))


async def _again(request: Request, caller: Principal, form: SentFields, error: Exception, shown: str) -> Response:
    """The form once more with what was typed, and why nothing was made."""
    match error:
        case WrongField(name=name):
            problem, said = Problem("malformed", f"the field {name} cannot be used"), f"wrong.{name}"
        case errors.InsufficientPrivilege():
            problem, said = Problem("forbidden", "this server may not change keys"), "elsewhere"
        case _:
            problem, said = Problem("refused", str(error), code="key_not_usable"), "sent_before"
    answer = await answer_error(request, problem)
    visitor = await run_in_threadpool(visit_of, request, container_of(request), caller)
    longest = LONGEST_DAYS if shown == "key" else LONGEST_WALL.days
    content = {
        **CHOICES,
        "shown": shown,
        "said": visitor.w(f"keys.{said}", longest=longest),
        "typed": form,
        "ids": new_id_text,
        "token": form_token(cookie_of(request) or ""),
    }
    return html_answer(framed("keys/again.html", visitor, content), answer.status_code)
