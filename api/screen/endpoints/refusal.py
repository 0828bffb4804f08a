"""A form that is not recorded: why, in a sentence, and the answer that shows it once more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
from fastapi import Response
from starlette.concurrency import run_in_threadpool

from api.api_keys import Permission, Principal
from api.http.problems import Problem, answer_error, problem_of
from api.refusal_words import rule_in
from api.screen.endpoints.sent_form import SentForm
from api.screen.visit import Visit, Visitor
from domain.command_handling.pending_command import CommandIdReused
from domain.ids import new_id_text

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


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """``why`` is the word of ``actions`` whose sentence is ``sentence``; ``rule`` is the refusing rule in words.

    ``command_id`` is what the form needs to be sent again: a new one when its own belongs to another command.
    """

    error: Exception
    why: str
    sentence: str
    rule: str
    command_id: str
    status: int
    retry_after: str | None

    @property
    def is_warning(self) -> bool:
        """Whether sending the form again records it."""
        return self.why in _WARNINGS

    def answer(self, sent: SentForm, html: str) -> Response:
        """The answer with the page that shows the form once more."""
        page = sent.answer(html, self.status)
        if self.retry_after is not None:
            page.headers["Retry-After"] = self.retry_after
        return page


async def take(
    sent: SentForm,
    scope: Permission,
    step: Callable[[Visit], Awaitable[Response]],
    again: Callable[[Visitor, RefusedForm], str],
) -> Response:
    """The answer of a step for a sender who may take it; else the page of ``again``, which may read the database.

    Raises what is a defect.
    """
    visitor = sent.visitor
    try:
        visitor = visit = await sent.visit(scope)
        return await step(visit)
    except Exception as error:  # noqa: BLE001 -- every failure gives the form back; a defect is raised again
        refusal = await refusal_of(sent, error, visitor)
        return refusal.answer(sent, await run_in_threadpool(again, visitor, refusal))


async def refusal_of(sent: SentForm, error: Exception, visitor: Visitor) -> RefusedForm:
    """The refusal that an exception means. Raises what is a defect."""
    answer, problem = await answer_error(sent.request, error), problem_of(error)
    if problem.kind == "internal":
        raise error
    why = _why(problem, sent)
    rule = rule_in(problem.code, str(problem.body.get("rule", problem.detail)), visitor.language)
    sentence = visitor.w(f"actions.{why}", rule=rule, detail=rule)
    if why == "another_session" and (sender := await _signed_in(sent)) is not None:
        sentence = visitor.w("actions.another_sender", sender=sender.actor.id, tenant=sender.tenant)
    command_id = new_id_text() if isinstance(error, CommandIdReused) else sent.command_id
    return RefusedForm(error, why, sentence, rule, command_id, answer.status_code, answer.headers.get("Retry-After"))


async def _signed_in(sent: SentForm) -> Principal | None:
    """Who is signed in now: maybe of another tenant than the page of the form. None where nobody is known to be."""
    if sent.is_keyless or sent.cookie is None:
        return None
    try:
        caller = await sent.container.callers.of_session(sent.cookie)
    except (psycopg.Error, Problem):  # the refusal stands without a name
        return None
    return caller if isinstance(caller, Principal) else None


def _why(problem: Problem, sent: SentForm) -> str:
    if problem.kind == "forbidden" and "code" not in problem.body:
        if "scope" in problem.body:
            return "forbidden"
        return "signed_out" if sent.cookie is None else "another_session"
    return _WHY.get(problem.kind, "failed")
