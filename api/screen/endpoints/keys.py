"""The endpoints that make, replace and revoke keys: by the same functions as the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from psycopg import Connection, errors
from starlette.concurrency import run_in_threadpool

from api.api_key_lifecycle import KeyNotUsable, WallLifeError, make, revoke, rotate
from api.api_keys import LONGEST_WALL, Token
from api.http.container import Container
from api.http.problems import Problem
from api.http.session_cookie import is_secure
from api.screen.endpoints.refusal import RefusedForm, take
from api.screen.endpoints.sent_form import CHANNEL, SentForm, form_sent
from api.screen.endpoints.wall import wall_address
from api.screen.frame import framed
from api.screen.keys.key_form import LONGEST_DAYS, KeyRequest, WrongField, days_of, key_request, wall_request
from api.screen.pages.keys import CHOICES, PAGE
from api.screen.screen_route import html_answer
from api.screen.visit import Visit, Visitor
from domain.command_context import Origin
from domain.event_log import reader
from domain.event_log.database_connections import COMMANDS, connect
from domain.ids import new_id_text
from domain.readable import minute

_SCREEN = Origin(channel=CHANNEL)
_Step = Callable[[SentForm, Visit], Response]


async def create_key(request: Request) -> Response:
    """Makes a key and shows it this once."""
    return await _take(request, "key", _create_key)


async def create_wall(request: Request) -> Response:
    """Makes a link to the team wall and shows it this once."""
    return await _take(request, "wall", _create_wall)


async def rotate_key(request: Request) -> Response:
    """Makes a key in place of another, which stays valid for some days, and shows it this once."""
    return await _take(request, "rotate", _rotate)


async def revoke_key(request: Request) -> Response:
    """Ends a key, or a link to the team wall."""
    return await _take(request, "revoke", _revoke)


async def _take(request: Request, form: str, step: _Step) -> Response:
    """The answer of a step, else the page with its form once more."""
    sent = await form_sent(request)
    return await take(
        sent, PAGE.scope, lambda visit: run_in_threadpool(_done, step, sent, visit), partial(_again, sent, form)
    )


def _done(step: _Step, sent: SentForm, visit: Visit) -> Response:
    try:
        return step(sent, visit)
    except WrongField as error:
        raise Problem("malformed", f"the field {error.name} cannot be used") from error
    except errors.InsufficientPrivilege as error:
        raise Problem("forbidden", "this server may not change keys", code="keys_elsewhere") from error
    except KeyNotUsable as error:
        raise Problem("refused", str(error), code="key_not_usable") from error


def _create_key(sent: SentForm, visit: Visit) -> Response:
    return _made(sent, visit, *_make(sent, visit, key_request(sent.fields)))


def _create_wall(sent: SentForm, visit: Visit) -> Response:
    return _made(sent, visit, *_make(sent, visit, wall_request(sent.fields)), is_wall=True)


def _make(sent: SentForm, visit: Visit, key: KeyRequest) -> tuple[Token, datetime | None]:
    caller = visit.caller
    with _owner(sent.container) as connection:
        ends_at = _end(connection, key.life)
        token = make(
            connection, caller.tenant, key.actor, key.scopes, caller.actor,
            back_dating=key.back_dating, acts_for_others=key.acts_for_others, expires_at=ends_at,
            origin=_SCREEN, command_id=sent.command_id,
        )  # fmt: skip
        return token, ends_at


def _rotate(sent: SentForm, visit: Visit) -> Response:
    caller, key = visit.caller, visit.path["key_id"]
    overlap = days_of(sent.fields, "overlap", longest=LONGEST_WALL.days, least=0) or timedelta()
    life = days_of(sent.fields, "days", longest=LONGEST_DAYS, may_be_empty=True)
    with _owner(sent.container) as connection:
        ends_at = _end(connection, life)
        try:
            token = rotate(
                connection, caller.tenant, key, overlap, caller.actor,
                expires_at=ends_at, origin=_SCREEN, command_id=sent.command_id,
            )  # fmt: skip
        except WallLifeError:
            raise WrongField("days", LONGEST_WALL.days) from None
    return _made(sent, visit, token, ends_at, replaced=key)


def _revoke(sent: SentForm, visit: Visit) -> Response:
    if sent.one("confirmed") != "on":
        raise WrongField("confirmed")
    with _owner(sent.container) as connection:
        revoke(connection, visit.caller.tenant, visit.path["key_id"], visit.caller.actor, _SCREEN)
    return RedirectResponse(PAGE.path, HTTPStatus.SEE_OTHER)


@contextmanager
def _owner(container: Container) -> Iterator[Connection]:
    """A connection of the role that owns the tables: no other may change keys."""
    with connect(container.settings.owning, COMMANDS) as connection:
        yield connection


def _end(connection: Connection, life: timedelta | None) -> datetime | None:
    return None if life is None else reader.now(connection) + life


def _made(
    sent: SentForm,
    visit: Visit,
    token: Token,
    ends_at: datetime | None,
    *,
    replaced: str | None = None,
    is_wall: bool = False,
) -> Response:
    """The page with the new key, which no browser keeps: the answer to a form is not in its history."""
    request = sent.request
    scheme = "https" if is_secure(request) else "http"
    content = {
        "text": token.text,
        "address": f"{scheme}://{request.headers['host']}{wall_address(token.text)}" if is_wall else None,
        "until": ends_at and minute(visit.local(ends_at), visit.language),
        "replaced": replaced,
    }
    return html_answer(framed("keys/made.html", visit, content))


def _again(sent: SentForm, form: str, visitor: Visitor, refusal: RefusedForm) -> str:
    """The page with the form once more, with what was typed and why nothing was made."""
    match refusal.error.__cause__:
        case WrongField() as error:
            refusal = replace(refusal, sentence=visitor.w(f"keys.wrong.{error.name}", longest=error.longest))
        case errors.InsufficientPrivilege():
            refusal = replace(refusal, sentence=visitor.w("keys.elsewhere"))
        case KeyNotUsable():
            refusal = replace(refusal, sentence=visitor.w("keys.sent_before"))
        case _:
            pass  # the refusal's own sentence
    content = {
        **CHOICES,
        "shown": form,
        "key": sent.path.get("key_id"),
        "is_own": isinstance(visitor, Visit) and visitor.caller.key_id == sent.path.get("key_id"),
        "refusal": refusal,
        "typed": sent.fields,
        "ids": new_id_text,
        "token": sent.token,
    }
    return framed("keys/again.html", visitor, content)
