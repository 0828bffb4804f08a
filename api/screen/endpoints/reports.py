"""The endpoint that issues a report."""

from dataclasses import replace
from http import HTTPStatus

import psycopg
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api.http.commands import context_of
from api.http.container import container_of
from api.http.form_body import read_form
from api.http.problems import Problem, answer_error, problem_of
from api.http.report_issuing import issue_report
from api.screen.endpoints.actions import CHANNEL
from api.screen.endpoints.sent_form import one_of, visit_of_form
from api.screen.frame import framed
from api.screen.pages.reports.issue_form import ISSUE, IssueForm
from api.screen.screen_route import html_answer
from api.screen.visit import Visit, address_of
from api.screen.words.rules import rule_in
from domain.errors import LedgerError
from domain.ids import new_id_text
from projections.issued_reports.issuing import PackRequest

_LONGEST_ID = 100
ISSUE_PATH = "/reports/issue"


async def take_issue(request: Request) -> Response:
    """The endpoint that takes the form."""
    sent = await read_form(request)
    visit = await visit_of_form(request, sent, ISSUE)
    form = IssueForm(
        visit.form_token,
        one_of(sent, "pack").strip(),
        one_of(sent, "period").strip(),
        one_of(sent, "reason").strip(),
        one_of(sent, "command_id")[:_LONGEST_ID] or new_id_text(),
    )
    asked = PackRequest(form.pack, form.period or None, None, form.reason or None)
    try:
        context = context_of(request, visit.caller, key=form.command_id, channel=CHANNEL)
        result = await issue_report(container_of(request), visit.reader.tenant, asked, context)
    except (Problem, LedgerError, ValidationError, psycopg.Error) as error:
        return await _again(request, visit, form, error)
    there = address_of(f"/reports/{result.answer.stream}", {"after": result.answer.position})
    return RedirectResponse(there, HTTPStatus.SEE_OTHER)


async def _again(request: Request, visit: Visit, form: IssueForm, error: Exception) -> Response:
    """The form once more, with why nothing was issued."""
    answer, problem = await answer_error(request, error), problem_of(error)
    said = rule_in(problem.code, str(problem.body.get("rule", problem.detail)), visit.language)
    again = replace(form, problem=said)
    return html_answer(framed("reports/again.html", visit, {"form": again}), answer.status_code)
