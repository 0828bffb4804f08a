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

from api.http.command_streams import stream_finder
from api.http.commands import give
from api.http.middleware import encoded_path
from api.http.problems import Problem
from api.screen.actions.about import subject_of, title_of
from api.screen.actions.action import Action
from api.screen.actions.fields import as_json
from api.screen.actions.form import BACK, VERSION, WHOLE, Form, details_in, errors_in, version_in
from api.screen.actions.recorded_since import recorded_since
from api.screen.actions.table import ACTIONS
from api.screen.endpoints.refusal import RefusedForm, refusal_of, take
from api.screen.endpoints.sent_form import SentForm, form_sent
from api.screen.frame import framed
from api.screen.local_path import local_path
from api.screen.visit import Visit, Visitor, address_of
from domain.command_handling.decide import StaleVersion
from domain.messages import Command
from domain.readable import Language, minute
from domain.zones import TimeZone


def action_addresses() -> frozenset[str]:
    """The method and the address of each action. What it records is an event, as with the commands of the API."""
    return frozenset(f"POST {action.path}" for action in ACTIONS)


def taking(action: Action) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The endpoint that takes the form of an action."""
    stream_of = stream_finder(action.collection, action.endpoint)

    async def endpoint(request: Request) -> Response:
        sent = await form_sent(request)
        form = _form(action, sent)

        async def record(visit: Visit) -> Response:
            command = _command(form, visit.zone)
            versions = None if form.version is None else [form.version]
            context = sent.context(visit.caller, versions)
            stream = action.stream or stream_of(request.path_params, command, context.command_id)
            try:
                result = await give(sent.container, visit.caller.tenant, stream, command, context, versions)
            except StaleVersion as stale:
                return await _stale(sent, visit, form, stream, stale)
            there = _following(form, result.answer.stream, result.answer.position)
            return RedirectResponse(there, HTTPStatus.SEE_OTHER)

        return await take(sent, action.collection.scope, record, lambda visitor, why: _again(visitor, form, why))

    return endpoint


def _form(action: Action, sent: SentForm) -> Form:
    """The form as it was sent."""
    typed = {name: sent.one(name) for name in sent.fields}
    return Form(
        action=action,
        address=encoded_path(sent.request),
        back=local_path(sent.one(BACK), action.back_of(sent.path)),
        token=sent.token,
        version=version_in(sent.one(VERSION)),
        command_id=sent.command_id,
        typed=typed,
        details=details_in(typed),
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


async def _stale(sent: SentForm, visit: Visit, form: Form, stream: UUID, stale: StaleVersion) -> Response:
    """The form for the present version, with what was recorded since the page was shown."""
    meanwhile: Sequence[tuple[str, str, str | None]] = ()
    if visit.may("read"):
        meanwhile = await run_in_threadpool(_meanwhile, visit, stream, stale.expected)
    refusal = await refusal_of(sent, stale, visit)
    html = await run_in_threadpool(_again, visit, replace(form, version=stale.actual), refusal, meanwhile)
    return refusal.answer(sent, html)


def _meanwhile(visit: Visit, stream: UUID, version: int) -> Sequence[tuple[str, str, str | None]]:
    """When, what and why of each event behind a version."""
    with visit.container.pool.connection() as connection:
        recorded = recorded_since(connection, visit, stream, version)
    return [(minute(visit.local(each.occurred_at), visit.language), each.text, each.reason) for each in recorded]


def _again(
    visitor: Visitor, form: Form, refusal: RefusedForm, meanwhile: Sequence[tuple[str, str, str | None]] = ()
) -> str:
    """The page of the form with what was typed and why it was not recorded."""
    errors = _errors(refusal.error, form, visitor.language)
    shown = replace(form, command_id=refusal.command_id, errors=errors)
    content = {"title": _title(form.action, visitor), "form": shown, "refusal": refusal, "meanwhile": meanwhile}
    return framed("actions/again.html", visitor, content)


def _title(action: Action, visitor: Visitor) -> str:
    """The title with what the form is about, where the visitor may read it. It reads the database."""
    if not isinstance(visitor, Visit):
        return title_of(action, None, visitor)
    try:
        with visitor.reader.live() as session:
            return title_of(action, subject_of(visitor, session, action), visitor)
    except (Problem, psycopg.Error):
        return title_of(action, None, visitor)


def _errors(error: Exception, form: Form, language: Language) -> Mapping[str, str]:
    """What is wrong with the fields, by name."""
    if isinstance(error, ValidationError):
        return errors_in(error, form.every_field, language)
    if isinstance(error, Problem) and error.kind == "malformed":
        known = {each.name for each in form.every_field}
        errors = cast("Sequence[Mapping[str, str]]", error.body["errors"])
        return {each["field"] if each["field"] in known else WHOLE: each["message"] for each in errors}
    return {}
