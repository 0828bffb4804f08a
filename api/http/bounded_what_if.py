"""A what-if of bounded size for one request: its turn, its bounds, and a process of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.http.fair_slots import FairSlots
from api.http.past_readings import key_of
from api.http.problems import Problem, malformed
from api.http.read_session import ReadRequest
from api.http.report_request import settings_of
from api.http.what_if_process import judge_apart
from projections.scope.periods import Period, PeriodRefused, RequestedPeriod
from projections.what_if.request import WhatIfOptions, WhatIfRequest, what_if_request


class BoundedAnswer(NamedTuple):
    """The report as JSON, empty when the caller has left, and the position of the history."""

    content: bytes
    position: int


async def judge_within_bounds(
    request: Request, reader: ReadRequest, days: RequestedPeriod, options: Callable[[Period], WhatIfOptions]
) -> BoundedAnswer:
    """The report for days in the tenant's zone. A key has one at a time, so that other keys of its tenant have theirs.

    Raises Problem: too_large for a long history or past a bound, malformed for what cannot be judged, overloaded for a
    third one of a key. Raises SlotsTaken while others are judged, and for a key without credit for long readings.
    """
    container, patience = reader.container, reader.container.settings.patience
    with container.judged.taken(reader.caller):
        async with (
            _turn(container.judging_of_keys, key_of(reader.caller), patience),
            _turn(container.judging, reader.tenant, patience),
        ):
            bounded = await run_in_threadpool(_bounded_request, reader, days, options)
            with container.past.charged(reader.caller):
                answer = await judge_apart(
                    request,
                    container.settings.reading,
                    reader.tenant,
                    bounded,
                    container.settings.whatif,
                    lambda: container.past.giving_way.is_busy,
                )
    return BoundedAnswer(answer or b"", bounded.up_to)


@asynccontextmanager
async def _turn(slots: FairSlots, holder: str, patience: float) -> AsyncIterator[None]:
    await run_in_threadpool(slots.acquire, holder, patience)
    try:
        yield
    finally:
        slots.release(holder)


def _bounded_request(
    reader: ReadRequest, days: RequestedPeriod, options: Callable[[Period], WhatIfOptions]
) -> WhatIfRequest:
    container = reader.container
    most = container.settings.whatif.tickets
    with reader.live_paced() as view:
        if container.ticket_counts.is_above(most, view.connection, reader.tenant, view.position):
            raise Problem("too_large", f"you have more than the {most} tickets judged here: use the command line")
        wanted = options(days.under(settings_of(reader, view)))
        try:
            return what_if_request(view.connection, reader.tenant, wanted, position=view.position, now=view.now)
        except PeriodRefused as error:
            raise malformed([{"loc": ("first" if days.first else "last",), "msg": str(error)}]) from None
        except LookupError as error:
            raise malformed([{"loc": ("as_of",), "msg": str(error)}]) from None
        except ValueError as error:
            raise malformed([{"loc": ("policy",), "msg": str(error)}]) from None
