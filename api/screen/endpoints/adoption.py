"""The endpoint that publishes chosen definitions as they are shipped."""

from datetime import datetime
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.configured.checking import CheckedText, publications
from api.configured.file_text import shipped_bodies, waiting_to_be_adopted
from api.configured.versions import published_up_to
from api.http.commands import give
from api.http.problems import Problem
from api.screen.endpoints.refusal import RefusedForm, take
from api.screen.endpoints.sent_form import SentForm, form_sent
from api.screen.frame import framed
from api.screen.pages.rules.draft_form import PUBLISH
from api.screen.pages.rules.overview import shipped_row
from api.screen.visit import Visit, Visitor, address_of


async def adopt(request: Request) -> Response:
    """Publishes the chosen definitions as they are shipped, in effect from now on."""
    sent = await form_sent(request)

    def again(visitor: Visitor, refusal: RefusedForm) -> str:
        chosen, bodies = sent.every("adopt"), shipped_bodies()
        rows = [shipped_row(*each, visitor) for each in bodies if f"{each[0]}/{each[1]}" in chosen]
        content = {"refusal": refusal, "rows": rows, "chosen": chosen, "reason": sent.one("reason")}
        return framed("rules/again.html", visitor, {"token": sent.token, "command_id": refusal.command_id, **content})

    return await take(sent, PUBLISH, lambda visit: _adopted(sent, visit), again)


async def _adopted(sent: SentForm, visit: Visit) -> Response:
    now, waiting = await run_in_threadpool(_waiting, visit)
    reason = sent.one("reason").strip() or visit.w("rules.as_shipped")
    position = 0
    shipped = {f"{kind}/{name}": (kind, name, body) for kind, name, body in shipped_bodies()}
    for chosen in sent.every("adopt"):
        if chosen not in shipped:
            raise Problem("not_found", f"no definition {chosen!r} is shipped")
        kind, name, body = shipped[chosen]
        if (kind, name) not in waiting:
            continue
        (stream, command), *_ = publications(kind, name, CheckedText(content=body), now, reason)
        context = sent.context(visit.caller, part=f".{chosen}")
        result = await give(sent.container, visit.reader.tenant, stream, command, context, None)
        position = max(position, result.answer.position)
    return RedirectResponse(address_of("/rules", {"after": position or None}), HTTPStatus.SEE_OTHER)


def _waiting(visit: Visit) -> tuple[datetime, set[tuple[str, str]]]:
    """The present, and the shipped definitions that are not in effect as they are shipped."""
    with visit.reader.live() as session:
        published = published_up_to(session.connection, visit.reader.tenant, session.position)
    return session.now, {(kind, name) for kind, name, _ in waiting_to_be_adopted(published, session.now)}
