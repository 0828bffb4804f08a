"""The what-if: a history of bounded size, judged under another policy or other calendars."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.http.problems import Problem, malformed
from api.http.read_session import ReadRequest, reader
from api.http.report_request import period, settings_of
from api.http.request_body import read_body
from api.http.what_if_process import judge_apart
from domain.messages import Message
from domain.sla.policy.bounds import CALENDARS, RUNGS, BoundedCalendar, BoundedPolicy
from domain.sla.policy.policy import Seconds
from projections.scope.periods import PeriodRefused, RequestedPeriod
from projections.what_if.report import WhatIf
from projections.what_if.request import WhatIfOptions, what_if_request
from projections.what_if.what_if import MOST_LISTED, WhatIfRequest, how_many_tickets

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


WHATIF_EXAMPLE = {"policy": {"name": "Quicker", "rules": [{"resolution": "8h"}]}, "ladder": ["12h", "24h"]}


async def whatif_body(request: Request, _caller: ReadLog) -> WhatIfBody:
    """The body, read once the caller is known."""
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
    container = reader.container
    await run_in_threadpool(container.judging.acquire, reader.tenant, container.settings.patience)
    try:
        bounded = await run_in_threadpool(_bounded_request, body, days, reader)
        answer = await judge_apart(
            request, container.settings.reading, reader.tenant, bounded, container.settings.whatif
        )
    finally:
        container.judging.release(reader.tenant)
    headers = {"Ledger-Position": str(bounded.up_to)}
    return Response(answer or b"", headers=headers, media_type="application/json")


def _bounded_request(body: WhatIfBody, requested: RequestedPeriod, reader: ReadRequest) -> WhatIfRequest:
    """The request. Raises Problem: too_large for a long history, malformed for what cannot be judged."""
    with reader.live() as view:
        tickets = how_many_tickets(view.connection, reader.tenant, view.position)
        most = reader.container.settings.whatif.tickets
        if tickets > most:
            message = f"{tickets} tickets are too many to judge here, at most {most}: use the command line"
            raise Problem("too_large", message)
        options = WhatIfOptions(
            body.policy,
            body.calendars,
            [(f"{seconds / 3_600:g}h", seconds) for seconds in body.ladder],
            requested.under(settings_of(reader, view)),
            body.listed,
        )
        try:
            return what_if_request(view.connection, reader.tenant, options, position=view.position, now=view.now)
        except PeriodRefused as error:
            raise malformed([{"loc": ("first" if requested.first else "last",), "msg": str(error)}]) from None
        except LookupError as error:
            raise malformed([{"loc": ("as_of",), "msg": str(error)}]) from None
        except ValueError as error:
            raise malformed([{"loc": ("policy",), "msg": str(error)}]) from None
