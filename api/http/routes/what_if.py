"""What another policy or calendar would have come to, for a history of bounded size."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.http.fair_slots import SlotsTaken
from api.http.problems import RETRY_AFTER, Problem, malformed
from api.http.read_session import ReadRequest, ReadSession, reader
from api.http.report_period import Period, period
from api.http.request_body import read_body
from api.http.what_if_process import judge_apart
from domain.event_log import reader as log_reader
from domain.messages import Message
from domain.sla.policy.bounds import CALENDARS, RUNGS, BoundedCalendar, BoundedPolicy
from domain.sla.policy.policy import Seconds
from projections.scope.periods import span
from projections.what_if.report import WhatIf
from projections.what_if.scenarios import Scenario, in_effect, instead, rung
from projections.what_if.what_if import MOST_LISTED, WhatIfRequest, how_many_tickets

router = APIRouter(prefix="/v1/sla", tags=["sla"])

ReadLog = Annotated[ReadRequest, Depends(reader())]


class WhatIfAsked(Message):
    """Another policy, other calendars (in the place of the published ones of the same name), or both.

    ``ladder``: besides, the same with no resolution longer than each of these durations, and no first response longer
    than a quarter of it. ``listed``: how many changed verdicts are named.
    """

    policy: BoundedPolicy | None = None
    calendars: tuple[BoundedCalendar, ...] = Field(default=(), max_length=CALENDARS.most)
    ladder: tuple[Seconds, ...] = Field(default=(), max_length=RUNGS.most)
    listed: int = Field(default=100, ge=0, le=MOST_LISTED)


WHATIF_EXAMPLE = {"policy": {"name": "Quicker", "rules": [{"resolution": "8h"}]}, "ladder": ["12h", "24h"]}


async def whatif_asked(request: Request, _caller: ReadLog) -> WhatIfAsked:
    """What is asked, once it is known by whom."""
    return await read_body(request, WhatIfAsked.model_validate_json)


@router.post("/whatif", summary="Judge the history under another policy; nothing is recorded", response_model=WhatIf)
async def whatif(
    request: Request,
    reader: ReadLog,
    asked: Annotated[WhatIfAsked, Depends(whatif_asked)],
    days: Annotated[Period, Depends(period)],
) -> Response:
    """Alternatives judge as if in effect always.

    At most 20,000 tickets, 30 seconds and 512 MiB; on the command line there is no such bound.
    """
    container = reader.container
    try:
        await run_in_threadpool(container.judging.acquire, reader.tenant, container.settings.patience)
    except SlotsTaken:
        raise Problem("overloaded", "other what-ifs are under way; try again", headers=RETRY_AFTER) from None
    try:
        question = await run_in_threadpool(_bounded_question, asked, days, reader)
        answer = await judge_apart(
            request, container.settings.reading, reader.tenant, question, container.settings.whatif
        )
    finally:
        container.judging.release(reader.tenant)
    headers = {"Ledger-Position": str(question.up_to)}
    return Response(answer or b"", headers=headers, media_type="application/json")


def _bounded_question(asked: WhatIfAsked, days: Period, reader: ReadRequest) -> WhatIfRequest:
    """Raises Problem (too_large) for a history that is too long to be judged here."""
    with reader.live() as view:
        tickets = how_many_tickets(view.connection, reader.tenant, view.position)
        most = reader.container.settings.whatif.tickets
        if tickets > most:
            message = f"{tickets} tickets are too many to judge here, at most {most}: use the command line"
            raise Problem("too_large", message)
        return _question(asked, days, view, reader)


def _question(asked: WhatIfAsked, days: Period, view: ReadSession, reader: ReadRequest) -> WhatIfRequest:
    current = in_effect(log_reader.rules(view.connection, reader.tenant, view.position), view.now)
    try:
        other = instead(current, asked.policy, asked.calendars)
    except ValueError as error:
        raise malformed([{"loc": ("policy",), "msg": str(error)}]) from None
    try:
        start, end = span(days.first, days.last, days.zone)
    except ValueError as error:
        raise malformed([{"loc": ("first" if days.first else "last",), "msg": str(error)}]) from None
    rungs = [rung(other, f"{seconds / 3_600:g}h", seconds) for seconds in asked.ladder]
    alternatives: list[Scenario] = [other, *rungs] if asked.policy or asked.calendars or not rungs else rungs
    return WhatIfRequest(
        alternatives=tuple(alternatives),
        up_to=view.position,
        now=view.now,
        start=start,
        end=end,
        zone=days.zone.key,
        listed=asked.listed,
    )
