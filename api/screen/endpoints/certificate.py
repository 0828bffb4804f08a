"""The certificate of an erasure from the screen, as a letter that prints."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from api.erasing.certificate_page import certificate_page
from api.erasing.readings import certificate_of
from api.http.container import Container, container_of
from api.http.problems import Problem
from api.http.request_access import count_rows
from api.screen.language import language_of
from api.screen.page_parameters import known_parameters
from api.settings import utc_now
from domain.ids import canonical
from projections.scope.tenant_settings import tenant_settings

CERTIFICATE = "/customers/{customer_id}/certificate"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def show_certificate(request: Request) -> Response:
    """The letter in the language of the visitor."""
    container = container_of(request)
    caller = await container.callers.of(request, "read")
    known_parameters(request, frozenset())
    return await run_in_threadpool(_letter, container, caller.tenant, request)


def _letter(container: Container, tenant: str, request: Request) -> Response:
    """Raises Problem (not_found)."""
    try:
        customer = UUID(str(canonical(request.path_params["customer_id"])))
    except ValueError:
        raise Problem("not_found", "this is no id of a customer") from None
    with container.pool.connection() as connection:
        certified = certificate_of(connection, tenant, customer)
        settings = tenant_settings(connection, tenant, (container.settings.clock or utc_now)())
    if certified is None:
        raise Problem("not_found", "the erasure of that customer is not certified")
    count_rows(1)
    letter = certificate_page(certified, language_of(request, settings.language), settings)
    return HTMLResponse(letter, headers={"Content-Security-Policy": _POLICY})
