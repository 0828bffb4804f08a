"""The what-if: a history of bounded size, judged under another policy or other calendars."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.http.bounded_what_if import judge_within_bounds
from api.http.read_session import ReadRequest, reader
from api.http.report_request import period
from api.http.request_body import read_body
from domain.messages import Message
from domain.sla.policy.bounds import CALENDARS, RUNGS, BoundedCalendar, BoundedPolicy
from domain.sla.policy.policy import Seconds
from projections.scope.periods import RequestedPeriod
from projections.what_if.report import WhatIf
from projections.what_if.request import MOST_LISTED, WhatIfOptions

router = APIRouter(prefix="/v1/sla", tags=["sla"])

ReadLog = Annotated[ReadRequest, Depends(reader())]


class WhatIfBody(Message):
    """Another policy, other calendars (in the place of the published ones of the same name), or both.

    ``ladder``: besides, the same with no resolution longer than each of these durations, and no first response longer
    than a quarter of it. ``listed``: how many changed verdicts are named.
    """

    policy: BoundedPolicy | None = None
    calendars: tuple[BoundedCalendar, ...] = Field(default=(), max_length=CALENDARS.most)
    ladder: tuple[Seconds, ...] = Field(default=(), max_length=RUNGS.most)
    listed: int = Field(default=100, ge=0, le=MOST_LISTED)


WHATIF_EXAMPLE = {
    "policy": {"name": "Quicker", "rules": [{"resolution": {"duration": 28_800}}]},
    "ladder": [43_200, 86_400],
}


async def whatif_body(request: Request, _caller: ReadLog) -> WhatIfBody:
    """The body, read once the caller is known, in a turn of its own: what it means takes as long as the request did."""
    await asyncio.sleep(0)
    return await read_body(request, WhatIfBody.model_validate_json)


@router.post("/whatif", summary="Judge the history under another policy; nothing is recorded", response_model=WhatIf)
async def whatif(
    request: Request,
    reader: ReadLog,
    body: Annotated[WhatIfBody, Depends(whatif_body)],
    days: Annotated[RequestedPeriod, Depends(period)],
) -> Response:
    """Every alternative judges as if it had been in effect always.

    At most 20,000 tickets, 30 seconds and 512 MiB; on the command line there is no such bound.
    """
    rungs = [(f"{seconds / 3_600:g}h", seconds) for seconds in body.ladder]
    answer = await judge_within_bounds(
        request,
        reader,
        days,
        lambda period: WhatIfOptions(body.policy, body.calendars, rungs, period, body.listed),
    )
    headers = {"Ledger-Position": str(answer.position)}
    return Response(answer.content, headers=headers, media_type="application/json")
