"""The endpoints that take a text: they check it, try it on the history, or publish it.

What was typed is kept.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.automation.condition_words import condition_text
from api.automation.what_if import SERVED_BOUNDS, CannotBeTried, what_if
from api.automation.what_if_result import RuleWhatIf
from api.automation.words import code_text, why_nothing
from api.configured.checking import CheckedText, check_text, configured_stream, examples_under, publications
from api.configured.versions import configured_versions, published_up_to, says_the_same, version_in_effect
from api.http.bounded_what_if import judge_within_bounds
from api.http.commands import give
from api.http.problems import Problem
from api.screen.actions.fields import FormField
from api.screen.actions.form import VERSION, errors_in, version_in
from api.screen.endpoints.refusal import RefusedForm, refusal_of, take
from api.screen.endpoints.sent_form import SentForm, form_sent
from api.screen.frame import framed
from api.screen.instants import local_instant
from api.screen.pages.named_subjects import NamedSubject, named_subjects
from api.screen.pages.rules.addresses import titled
from api.screen.pages.rules.draft_form import (
    DAYS,
    PUBLISH,
    Draft,
    RuleTrial,
    first_day,
)
from api.screen.visit import Visit, Visitor, address_of
from api.screen.words.problems_of_texts import reason_in
from domain.automation.definition import AutomationRule
from domain.automation.firing import NamedRule
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandIdReused
from domain.definitions.kinds import AUTOMATION
from domain.definitions.rule_book import RuleBook
from domain.envelope import BEHIND_ALL
from domain.errors import LedgerError
from domain.event_log import reader as log_reader
from domain.ids import new_id_text
from domain.messages import Command
from domain.readable import Language
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.policy import Policy
from domain.toml_file import ExampleResult
from projections.scope.periods import RequestedPeriod
from projections.what_if.report import WhatIf
from projections.what_if.request import WhatIfOptions

_OF_THE_TEXT = frozenset({"refused", "kept"})
"""Why a form comes back, where the text is to be corrected."""
_FIELDS = (FormField("reason"), FormField("effective_from", "instant"))
LISTED = 20
"""The changed results that a what-if on a page names."""
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Step = Callable[[SentForm, Visit, Draft], Coroutine[Any, Any, Draft | Response]]
"""What a button does with a form: the form with what was found, or another answer."""


def _endpoint(step: Step) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        sent = await form_sent(request)
        draft = _draft(sent)

        async def taken(visit: Visit) -> Response:
            checked = await run_in_threadpool(_with_check, visit, draft)
            try:
                content = await step(sent, visit, checked)
            except (Problem, LedgerError, ValidationError) as error:
                return await _refused(sent, visit, checked, error)
            return content if isinstance(content, Response) else sent.answer(_page(visit, content), _status(content))

        return await take(sent, PUBLISH, taken, lambda visitor, refusal: _page(visitor, draft, refusal))

    return endpoint


def _draft(sent: SentForm) -> Draft:
    """The form as it was sent."""
    days = sent.one("days")
    return Draft(
        kind=sent.path["kind"],
        name=sent.path["name"],
        token=sent.token,
        text=sent.one("text").replace("\r\n", "\n"),
        version=version_in(sent.one(VERSION)) or 0,
        reason=sent.one("reason").strip(),
        effective_from=sent.one("effective_from").strip(),
        days=int(days) if days in map(str, DAYS) else DAYS[0],
        command_id=sent.command_id,
    )


def _with_check(visit: Visit, draft: Draft) -> Draft:
    """The form with what the check finds, and with the versions that were published since the page was shown."""
    with visit.reader.live() as session:
        published = published_up_to(session.connection, visit.reader.tenant, session.position)
        checked = check_text(draft.kind, draft.name, draft.text, published, session.now)
        versions = configured_versions(published, draft.kind, draft.name)
        in_effect: Sequence[ExampleResult] = ()
        if checked.examples:
            current = version_in_effect(versions, session.now)
            in_effect = examples_under(current, draft.text, published, session.now)
    return replace(
        draft,
        checked=checked,
        in_effect=in_effect,
        meanwhile=[each for each in versions if each.version > draft.version],
    )


async def _check(_sent: SentForm, _visit: Visit, draft: Draft) -> Draft:
    return draft


async def _publish(sent: SentForm, visit: Visit, draft: Draft) -> Draft | Response:
    if draft.checked is None or not draft.checked.can_be_published:
        return replace(draft, errors={"text": visit.w("rule.not_published")})
    now = await run_in_threadpool(_now, visit)
    try:
        since = local_instant(draft.effective_from, visit.zone) if draft.effective_from else now
    except (ValueError, OverflowError):
        return replace(draft, errors={"effective_from": visit.w("actions.error.instant")})
    commands = publications(draft.kind, draft.name, draft.checked, since, draft.reason)
    try:
        return await _given(sent, visit, draft, commands)
    except CommandIdReused:  # the same form "at once" names another instant when it is sent again
        newest = draft.meanwhile[-1] if draft.meanwhile else None
        if newest is None or not says_the_same(newest, draft.checked.content):
            raise StaleVersion(draft.version, draft.version if newest is None else newest.version) from None
        return RedirectResponse(address_of(draft.path, {"after": newest.position}), HTTPStatus.SEE_OTHER)


async def _given(sent: SentForm, visit: Visit, draft: Draft, commands: Sequence[tuple[UUID, Command]]) -> Response:
    """Gives the commands in their order. The version that the page has shown is expected of the stream it is about."""
    own = configured_stream(draft.kind, draft.name)
    position = 0
    for number, (stream, command) in enumerate(commands):
        versions = [draft.version] if stream == own else None
        context = sent.context(visit.caller, versions, f".{number}")
        result = await give(sent.container, visit.reader.tenant, stream, command, context, versions)
        position = result.answer.position
    return RedirectResponse(address_of(draft.path, {"after": position}), HTTPStatus.SEE_OTHER)


async def _try(sent: SentForm, visit: Visit, draft: Draft) -> Draft:
    """The form with what would have been: promises under the policy or calendar, or firings of the rule."""
    if draft.checked is None or draft.checked.content is None:
        return replace(draft, errors={"text": visit.w("rule.not_tried")})
    if draft.kind == AUTOMATION.name:
        return await run_in_threadpool(_tried_rule, visit, draft)
    promises = await _tried_promises(sent, visit, draft)
    tickets = {} if promises is None else {each.ticket: "ticket" for each in promises.changed}
    return replace(draft, promises=promises, named=await run_in_threadpool(_named, visit, tickets))


def _named(visit: Visit, kinds: Mapping[UUID, str]) -> Mapping[UUID, NamedSubject]:
    with visit.reader.live() as session:
        return named_subjects(session, kinds)


async def _tried_promises(sent: SentForm, visit: Visit, draft: Draft) -> WhatIf | None:
    checked = draft.checked or CheckedText()
    policy = checked.content if isinstance(checked.content, Policy) else None
    calendars = [checked.content] if isinstance(checked.content, CalendarDefinition) else checked.calendars
    now = await run_in_threadpool(_now, visit)
    days = RequestedPeriod(first_day(now, visit.zone, draft.days), None, visit.zone)
    answer = await judge_within_bounds(
        sent.request, visit.reader, days, lambda period: WhatIfOptions(policy, calendars, (), period, LISTED)
    )
    return WhatIf.model_validate_json(answer.content) if answer.content else None


def _tried_rule(visit: Visit, draft: Draft) -> Draft:
    """The same judgement as when a rule fires, of the rule in effect and of the one that is written."""
    tenant = visit.reader.tenant
    with visit.reader.live_in_slot() as session:
        now = session.now
        book = RuleBook(log_reader.definitions(session.connection, tenant, session.position))
        today = book.named(draft.name, BEHIND_ALL, now)
        body = draft.checked and draft.checked.content
        written = NamedRule(draft.name, 0, 0, now, AutomationRule.model_validate(body))
        since = now - timedelta(days=draft.days)

        def tried(rule: NamedRule) -> Any:
            try:
                return what_if(session.connection, tenant, rule, since, now, SERVED_BOUNDS)
            except CannotBeTried as error:
                raise Problem("refused", str(error), code="cannot_be_tried") from None

        trial = RuleTrial(None if today is None else tried(today), tried(written))
        kinds = {each.subject: each.kind for side in trial if side is not None for each in side.fired_on}
        return replace(draft, trial=trial, named=named_subjects(session, kinds))


def _now(visit: Visit) -> datetime:
    with visit.reader.live() as session:
        return session.now


async def _refused(sent: SentForm, visit: Visit, draft: Draft, error: Exception) -> Response:
    """The form once more with why it was not published."""
    refusal = await refusal_of(sent, error, visit)
    if isinstance(error, StaleVersion):
        draft = await run_in_threadpool(_with_check, visit, draft)
        draft = replace(draft, version=error.actual, command_id=new_id_text())
    elif isinstance(error, ValidationError):
        errors = errors_in(error, _FIELDS, visit.language)
        draft = replace(draft, errors={name or "text": message for name, message in errors.items()})
    elif refusal.why in _OF_THE_TEXT:
        draft = replace(draft, errors={"text": refusal.rule})
    return refusal.answer(sent, _page(visit, draft, refusal))


def _status(draft: Draft) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK


def _page(visitor: Visitor, draft: Draft, refusal: RefusedForm | None = None) -> str:
    language = visitor.language
    content = {
        "draft": draft,
        "days": DAYS,
        "title": titled(draft.kind, draft.name, visitor),
        "refusal": refusal,
        "reason_in": lambda reason: reason_in(reason, language),
        "code_text": lambda code: code_text(code, language),
        "why_nothing": lambda side: why_nothing(side.why_nothing, language) + _condition(side, language),
    }
    return framed("rule/draft.html", visitor, content)


def _condition(side: RuleWhatIf, language: Language) -> str:
    """The condition that failed most often, behind the sentence that says so."""
    return "" if side.condition is None else f" {condition_text(side.condition, language)}"


_STEPS: dict[str, Step] = {"check": _check, "what-if": _try, "publish": _publish}
RULE_ENDPOINTS: dict[str, Endpoint] = {
    f"/rules/{{kind}}/{{name}}/{word}": _endpoint(step) for word, step in _STEPS.items()
}
"""The endpoints by their addresses."""
