"""The visit of a form that a page sends: who sends it, in which language and zone."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.api_keys import Permission, Principal
from api.http.container import Container, container_of
from api.http.middleware import encoded_path
from api.http.read_session import ReadRequest
from api.http.session_cookie import TOKEN_FIELD, SentFields
from api.screen.language import language_of
from api.screen.visit import Visit
from api.settings import utc_now
from projections.customers.tenant_zone import tenant_settings


async def visit_of_form(request: Request, form: SentFields, scope: Permission) -> Visit:
    """The visit at the present instant. Raises Problem (unauthenticated, forbidden)."""
    container = container_of(request)
    caller = await container.callers.of_form(request, form, scope)
    return await run_in_threadpool(_visit, request, container, caller, one_of(form, TOKEN_FIELD))


def one_of(form: SentFields, name: str) -> str:
    """The last value of a field; empty without one."""
    return next(reversed(form.get(name, ())), "")


def _visit(request: Request, container: Container, caller: Principal, token: str) -> Visit:
    with container.pool.connection() as connection:
        settings = tenant_settings(connection, caller.tenant, (container.settings.clock or utc_now)())
    return Visit(
        language_of(request, settings.language),
        encoded_path(request),
        caller,
        ReadRequest(container, caller.tenant, (), None, None),
        settings,
        request.path_params,
        {},
        {},
        token,
    )
