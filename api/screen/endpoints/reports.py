"""The endpoint that issues a report."""

from dataclasses import replace
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http.report_issuing import issue_pack
from api.screen.endpoints.refusal import RefusedForm, take
from api.screen.endpoints.sent_form import form_sent
from api.screen.frame import framed
from api.screen.pages.reports.issue_form import ISSUE, IssueForm
from api.screen.pages.reports.issued import pack_titles
from api.screen.visit import Visit, Visitor, address_of
from projections.issued_reports.issuing import PackRequest

ISSUE_PATH = "/reports/issue"


async def take_issue(request: Request) -> Response:
    """The endpoint that takes the form. A form that issues nothing comes back with what was typed."""
    sent = await form_sent(request)
    pack, period, reason = (sent.one(name).strip() for name in ("pack", "period", "reason"))
    form = IssueForm(sent.token, pack, period, reason, sent.command_id)
    packs = {pack: pack}

    async def issue(visit: Visit) -> Response:
        packs.update(await run_in_threadpool(_packs, visit))
        wanted = PackRequest(pack, period or None, None, reason or None)
        result = await issue_pack(sent.container, visit.caller, wanted, sent.context(visit.caller))
        there = address_of(f"/reports/{result.answer.stream}", {"after": result.answer.position})
        return RedirectResponse(there, HTTPStatus.SEE_OTHER)

    def again(visitor: Visitor, refusal: RefusedForm) -> str:
        shown = replace(form, command_id=refusal.command_id)
        return framed("reports/again.html", visitor, {"form": shown, "packs": packs, "refusal": refusal})

    return await take(sent, ISSUE, issue, again)


def _packs(visit: Visit) -> dict[str, str]:
    """The packs that the form offers."""
    with visit.reader.live() as session:
        return pack_titles(visit, session)
