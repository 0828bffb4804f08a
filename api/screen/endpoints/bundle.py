"""The download of an audit bundle from the screen, whose refusals are pages."""

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.http.bundle_answer import bundle_answer
from api.http.container import container_of
from api.screen.page_parameters import known_parameters
from domain.sealing.leaf import SealedLog

BUNDLE = "/audit/bundle"
_PARAMETERS = frozenset({"log", "from", "to", "ticket", "customer", "actor"})


async def download_bundle(request: Request) -> Response:
    """The bundle that the form asks for; an empty field asks for nothing."""
    container = container_of(request)
    caller = await container.callers.of(request, "audit")
    conditions = {name: values[-1] for name, values in known_parameters(request, _PARAMETERS).items()}
    log: SealedLog = "access" if conditions.get("log") == "access" else "events"
    return await run_in_threadpool(bundle_answer, container, caller, log, conditions)
