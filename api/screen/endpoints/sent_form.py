"""The visit of a form that a page sends: who sends it, in which language and zone."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.api_keys import Permission
from api.http.container import container_of
from api.http.session_cookie import SentFields
from api.screen.frame import visit_of
from api.screen.visit import Visit


async def visit_of_form(request: Request, form: SentFields, scope: Permission) -> Visit:
    """The visit at the present instant. Raises Problem (unauthenticated, forbidden)."""
    container = container_of(request)
    caller = await container.callers.of_form(request, form, scope)
    return await run_in_threadpool(visit_of, request, container, caller)


def one_of(form: SentFields, name: str) -> str:
    """The last value of a field; empty without one."""
    return next(reversed(form.get(name, ())), "")
