"""Automation: the rules in effect, why they fired or not, what one would have done, suspensions, stop switches."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool

from api.api_keys import Principal
from api.automation.explanation import Explained, ExplanationRequest, explain
from api.automation.overview import RuleInEffect, SuspendedRule, rules_in_effect, suspended_rules
from api.automation.stoppable import must_be_stoppable
from api.automation.stops import Stop, stops_of
from api.automation.what_if import SERVED_BOUNDS, CannotBeTried, what_if
from api.automation.what_if_result import RuleWhatIf
from api.http.command_headers import context_of
from api.http.commands import CommandAnswer, command_answer, give
from api.http.container import container_of
from api.http.problems import Problem, malformed
from api.http.read_session import ReadRequest, caller_with, reader
from api.http.request_body import read_body
from domain.automation.commands import ResumeRule
from domain.automation.definition import AutomationRule
from domain.automation.firing import NamedRule
from domain.definitions.rule_book import RuleBook
from domain.envelope import BEHIND_ALL
from domain.event_log import reader as log_reader
from domain.messages import Message, Text, Word
from domain.switches.commands import ResumeSwitch, StopSwitch, What
from domain.switches.state import SWITCHES
from projections.audit_history.table import AUDIT_HISTORY
from projections.scope.filters import MOST

router = APIRouter(prefix="/v1/automation", tags=["automation"])

ReadRules = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY))]
Admin = Annotated[Principal, Depends(caller_with("admin"))]
OfRule = Annotated[str | None, Query(max_length=200, description="This rule alone.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Before = Annotated[int | None, Query(ge=1, le=BEHIND_ALL, description="A position: those recorded before it.")]


SWITCHING_EXAMPLE = {"what": "rule", "name": "vip-first", "stopped": True, "reason": "It escalates too much"}
RESUMING_EXAMPLE = {
    "subject": "01890a5d-ac96-774b-bcce-b302099a8057",
    "rule": "vip-first",
    "reason": "The loop is mended",
}
TRIED_EXAMPLE = {"name": "vip-first", "days": 30}


class Switching(Message):
    """``stopped`` stops a rule, a channel, an endpoint or the tenant; false resumes it."""

    what: What
    name: Word = "all"
    stopped: bool
    reason: Text


class Resuming(Message):
    """Resumes a rule that is suspended for a subject."""

    subject: UUID
    rule: Word
    reason: Text


class RuleToTry(Message):
    """A rule by its ``name``, or the ``body`` of one that is not published, over the last ``days``."""

    name: Word | None = None
    body: dict[str, Any] | None = None
    days: Annotated[int, Field(ge=1, le=366)] = 30

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.name is None) is (self.body is None):
            raise ValueError("give either the name of a published rule or a body")
        return self


@router.get("/rules", summary="The rules in effect, in their order", response_model=list[RuleInEffect])
def automation_rules(reader: ReadRules) -> Response:
    """With how often each fired in the last 24 hours."""
    with reader.live() as view:
        return view.answer(rules_in_effect(view.connection, reader.tenant, view.now))


@router.get("/explain/{subject}", summary="Why rules fired on a subject, or not", response_model=list[Explained])
def explain_automation(subject: UUID, reader: ReadRules, rule: OfRule = None) -> Response:
    """For each event or due instance: fired, passed over, or the first condition that failed with its value."""
    with reader.live_in_slot() as view:
        explanations = explain(ExplanationRequest(view.connection, reader.tenant, view.now), subject, rule)
        if explanations is None:
            raise Problem("not_found", f"nothing is recorded of {subject}")
        return view.answer(explanations)


@router.get("/suspended", summary="Rules that are suspended for a subject", response_model=list[SuspendedRule])
def suspended_rules_of_tenant(reader: ReadRules, limit: Limit = 100, before: Before = None) -> Response:
    """The newest first."""
    with reader.live() as view:
        return view.answer(suspended_rules(view.connection, reader.tenant, limit, before))


@router.get("/switches", summary="What is stopped", response_model=list[Stop])
def stop_switches(reader: ReadRules) -> Response:
    """With who stopped it, since when and why."""
    with reader.live() as view:
        return view.answer(stops_of(view.connection, reader.tenant))


async def to_try(request: Request) -> RuleToTry:
    return await read_body(request, RuleToTry.model_validate_json)


async def switching(request: Request) -> Switching:
    return await read_body(request, Switching.model_validate_json)


async def resuming(request: Request) -> Resuming:
    return await read_body(request, Resuming.model_validate_json)


@router.post("/what-if", summary="What a rule would have done in the last days", response_model=RuleWhatIf)
async def automation_what_if(request: Request, caller: Admin, body: Annotated[RuleToTry, Depends(to_try)]) -> Response:
    """The same judgement as when it fires, over recorded events. Nothing is recorded."""
    container = container_of(request)

    def answer() -> RuleWhatIf:
        with container.past.turn(caller, container.settings.patience), container.pool.connection() as connection:
            now = container.now(connection)
            rule = _rule(body, RuleBook(log_reader.definitions(connection, caller.tenant)), now)
            try:
                return what_if(connection, caller.tenant, rule, now - timedelta(days=body.days), now, SERVED_BOUNDS)
            except CannotBeTried as error:
                raise malformed([{"loc": ("body", "at"), "msg": str(error)}]) from None

    result = await run_in_threadpool(answer)
    return Response(result.model_dump_json(), media_type="application/json")


@router.post("/switches", summary="Stop or resume what happens by itself", response_model=CommandAnswer)
async def turn_switch(request: Request, caller: Admin, body: Annotated[Switching, Depends(switching)]) -> Response:
    """A rule, a channel, an endpoint or the whole tenant does nothing by itself from now on, or does again.

    What does not exist is not stopped: the refusal `switch_unknown` lists the names.
    """
    container = container_of(request)
    if body.stopped:

        def check() -> None:
            with container.pool.connection() as connection:
                must_be_stoppable(connection, caller.tenant, body.what, body.name)

        await run_in_threadpool(check)
    command_type = StopSwitch if body.stopped else ResumeSwitch
    command = command_type(what=body.what, name=body.name, reason=body.reason)
    desk = container.tenants[caller.tenant].desk
    return command_answer(await desk.handle(SWITCHES, command, context_of(request, caller)), None)


@router.post("/resume", summary="Resume a rule that is suspended for a subject", response_model=CommandAnswer)
async def resume_rule(request: Request, caller: Admin, body: Annotated[Resuming, Depends(resuming)]) -> Response:
    command = ResumeRule(subject_kind="any", rule=body.rule, reason=body.reason)
    context = context_of(request, caller)
    result = await give(container_of(request), caller.tenant, body.subject, command, context, None)
    return command_answer(result, None)


def _rule(written: RuleToTry, book: RuleBook, now: datetime) -> NamedRule:
    """The rule that is asked for. Raises Problem."""
    if written.name is not None:
        named = book.named(written.name, BEHIND_ALL, now)
        if named is None:
            raise Problem("not_found", f"no rule {written.name!r} is in effect")
        return named
    try:
        return NamedRule("what if", 0, 0, now, AutomationRule.model_validate(written.body))
    except ValidationError as error:
        raise malformed([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from None
