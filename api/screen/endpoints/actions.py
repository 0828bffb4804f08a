"""The endpoints that take the forms of actions: the same commands as the API, given by the same functions.

A form that is not recorded comes back with everything that was typed.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from api.http.commands import context_of, give, stream_finder
from api.http.container import container_of
from api.http.form_body import read_form
from api.http.middleware import encoded_path, name_of
from api.http.problems import Problem, answer_error, problem_of
from api.http.session_cookie import cookie_of, form_token, local_cookie, set_cookie
from api.readable import Language, minute
from api.screen.actions.about import subject_of, title_of
from api.screen.actions.action import Action
from api.screen.actions.fields import as_json
from api.screen.actions.form import BACK, COMMAND_ID, VERSION, WHOLE, Form, details_in, errors_in, version_in
from api.screen.actions.recorded_since import Sentence, recorded_since
from api.screen.actions.table import ACTIONS
from api.screen.frame import framed, visit_of
from api.screen.language import language_of
from api.screen.local_path import local_path
from api.screen.screen_route import html_answer
from api.screen.visit import Visit, Visitor, address_of
from api.screen.words.rules import rule_in
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.ids import new_id_text
from domain.messages import Command
from domain.zones import TimeZone

CHANNEL = "screen"
"""The channel that the envelope of a command from a form names."""
_LONGEST_ID = 100
_WHY = {
    "unauthenticated": "signed_out",
    "malformed": "kept",
    "idempotency_key_reused": "reused",
    "stale": "stale",
    "refused": "refused",
    "unavailable": "unavailable",
    "overloaded": "overloaded",
}
_WARNINGS = frozenset({"stale", "signed_out", "another_session", "reused"})
"""Why a form comes back, where sending it again records it."""


def action_addresses() -> frozenset[str]:
    """The method and the address of each action. What it records is an event, as with the commands of the API."""
    return frozenset(f"POST {action.path}" for action in ACTIONS)


def taking(action: Action) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The endpoint that takes the form of an action."""
    stream_of = stream_finder(action.collection, action.endpoint)

    async def endpoint(request: Request) -> Response:
        container = container_of(request)
        sent = await read_form(request)
        cookie = local_cookie(request) if container.callers.needs_no_key(request) else cookie_of(request)
        form = _form(action, request, {name: values[-1] for name, values in sent.items()}, cookie)
        visitor: Visitor = Visitor(language_of(request), encoded_path(request))
        stream = None
        try:
            caller = await container.callers.of_form(request, sent, action.collection.scope)
            visitor = visit = await run_in_threadpool(visit_of, request, container, caller)
            command = _command(form, visit.zone)
            versions = None if form.version is None else [form.version]
            context = context_of(request, caller, versions, key=form.command_id, channel=CHANNEL)
            stream = action.stream or stream_of(request.path_params, command, context.command_id)
            result = await give(container, caller.tenant, stream, command, context, versions)
        except StaleVersion as stale:
            meanwhile: Sequence[Sentence] = ()
            if isinstance(visitor, Visit) and stream is not None and visitor.may("read"):
                meanwhile = await run_in_threadpool(_meanwhile, visitor, stream, stale.expected)
            return await _again(request, replace(form, version=stale.actual), stale, visitor, meanwhile)
        except Exception as error:  # noqa: BLE001 -- every failure gives the form back; a defect is raised again
            page = await _again(request, form, error, visitor)
            if cookie is not None and container.callers.needs_no_key(request):
                set_cookie(page, request, cookie)
            return page
        return RedirectResponse(_following(form, result.answer.stream, result.answer.position), HTTPStatus.SEE_OTHER)

    return endpoint


def _form(action: Action, request: Request, sent: Mapping[str, str], cookie: str | None) -> Form:
    """The form as it was sent."""
    path = {name: name_of(value) for name, value in request.path_params.items()}
    command_id = sent.get(COMMAND_ID, "")
    is_usable = command_id.isascii() and command_id.isprintable() and 0 < len(command_id) <= _LONGEST_ID
    return Form(
        action=action,
        address=encoded_path(request),
        back=local_path(sent.get(BACK, ""), action.back_of(path)),
        token="" if cookie is None else form_token(cookie),
        version=version_in(sent.get(VERSION)),
        command_id=command_id if is_usable else new_id_text(),
        typed=dict(sent),
        details=details_in(sent),
    )


def _command(form: Form, zone: TimeZone) -> Command:
    """The command that a form says. Raises ValidationError, or what the action's own rule raises."""
    action = form.action
    members = as_json(form.every_field, form.typed, zone) | dict(action.fixed)
    if action.members is not None:
        members = action.members(members)
    return action.endpoint.command.model_validate_json(to_json(members))


def _following(form: Form, stream: UUID, position: int) -> str:
    """The page to go to, which waits until it shows what was recorded."""
    page = form.action.back.format(stream=stream) if form.action.begins else form.back
    parts = urlsplit(page)
    return address_of(parts.path, {**parse_qs(parts.query), "after": position})


def _meanwhile(visit: Visit, stream: UUID, version: int) -> Sequence[Sentence]:
    with visit.container.pool.connection() as connection:
        return recorded_since(
            connection,
            visit.reader.tenant,
            stream,
            version,
            visit.language,
            visit.zone,
            names_actors=visit.may("audit"),
        )


async def _title(action: Action, visitor: Visitor) -> str:
    """The title with what the form is about, where the visitor may read it."""
    if not isinstance(visitor, Visit):
        return title_of(action, None, visitor)
    visit = visitor

    def read() -> str:
        with visit.reader.live() as session:
            return title_of(action, subject_of(visit, session, action), visit)

    try:
        return await run_in_threadpool(read)
    except psycopg.Error:
        return title_of(action, None, visitor)


async def _again(
    request: Request, form: Form, error: Exception, visitor: Visitor, meanwhile: Sequence[Sentence] = ()
) -> Response:
    """The form once more, with what was typed and why it was not recorded. Raises what is a defect."""
    answer = await answer_error(request, error)
    problem = problem_of(error)
    if problem.kind == "internal":
        raise error
    if isinstance(error, CommandIdReused):
        form = replace(form, command_id=new_id_text())
    why = _why(problem, request)
    content = {
        "title": await _title(form.action, visitor),
        "form": replace(form, errors=_errors(error, form, visitor.language)),
        "why": why,
        "is_warning": why in _WARNINGS,
        "sentence": _sentence(why, problem, visitor),
        "meanwhile": [
            (minute(visitor.local(each.occurred_at), visitor.language), each.text, each.reason)
            for each in meanwhile
            if isinstance(visitor, Visit)
        ],
    }
    page = html_answer(framed("actions/again.html", visitor, content), answer.status_code)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def _why(problem: Problem, request: Request) -> str:
    """The word of ``actions`` that says why nothing was recorded."""
    if problem.kind == "forbidden" and "code" not in problem.body:
        if "scope" in problem.body:
            return "forbidden"
        return "signed_out" if cookie_of(request) is None else "another_session"
    return _WHY.get(problem.kind, "failed")


def _sentence(why: str, problem: Problem, visitor: Visitor) -> str:
    rule = rule_in(problem.code, str(problem.body.get("rule", problem.detail)), visitor.language)
    return visitor.w(f"actions.{why}", rule=rule, detail=rule)


def _errors(error: Exception, form: Form, language: Language) -> Mapping[str, str]:
    """What is wrong with the fields, by name."""
    if isinstance(error, ValidationError):
        return errors_in(error, form.every_field, language)
    if isinstance(error, Problem) and error.kind == "malformed":
        known = {each.name for each in form.every_field}
        errors = cast("Sequence[Mapping[str, str]]", error.body["errors"])
        return {each["field"] if each["field"] in known else WHOLE: each["message"] for each in errors}
    return {}
