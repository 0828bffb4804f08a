"""The endpoint that issues a report."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http.report_issuing import issue_report
from api.screen.endpoints.refusal import take
from api.screen.endpoints.sent_form import form_sent
from api.screen.pages.reports.issue_form import ISSUE, IssueForm
from api.screen.pages.reports.issued import packs_in_effect
from api.screen.rendering import render
from api.screen.visit import Visit, address_of
from projections.issued_reports.issuing import PackRequest

ISSUE_PATH = "/reports/issue"


async def take_issue(request: Request) -> Response:
    """The endpoint that takes the form. A form that issues nothing comes back with what was typed."""
    sent = await form_sent(request)
    pack, period, reason = (sent.one(name).strip() for name in ("pack", "period", "reason"))
    form = IssueForm(sent.token, pack, period, reason, sent.command_id)
    packs = [pack]

    async def issue(visit: Visit) -> Response:
        packs[:] = await run_in_threadpool(_packs, visit, pack)
        wanted = PackRequest(pack, period or None, None, reason or None)
        result = await issue_report(sent.container, visit.reader.tenant, wanted, sent.context(visit.caller))
        there = address_of(f"/reports/{result.answer.stream}", {"after": result.answer.position})
        return RedirectResponse(there, HTTPStatus.SEE_OTHER)

    return await take(
        sent,
        ISSUE,
        issue,
        lambda visitor, refusal: render(
            "reports/again.html", visitor, {"form": form, "packs": packs, "refusal": refusal}
        ),
    )


def _packs(visit: Visit, pack: str) -> Sequence[str]:
    """The packs that the form offers, the one that was chosen among them."""
    with visit.reader.live() as session:
        names = [each.name for each in packs_in_effect(visit, session)]
    return names if pack in names else [pack, *names]
