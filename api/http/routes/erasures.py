"""Erasures: how far they are, the legal holds, and the certificates."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse

from api.erasing.certificate_page import certificate_page
from api.erasing.persons_copy import PersonsCopy, bytes_of_person, persons_copy, persons_page
from api.erasing.readings import Certificate, ErasureReading, certificate_of, erasure_of, erasures
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from projections.audit_history.table import AUDIT_HISTORY
from projections.registry import PROJECTIONS
from projections.scope.tenant_settings import tenant_settings, tenant_zone

LARGEST_COPY = 8 * 1024 * 1024
"""Bytes of payloads that a copy over HTTP may hold: made in memory, it takes some fifteen times as much."""
_ALSO_A_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
router = APIRouter(prefix="/v1/erasures", tags=["erasures"])

copies = APIRouter(prefix="/v1/customers", tags=["customers"])

ReadPerson = Annotated[ReadRequest, Depends(reader(*PROJECTIONS, scope="audit"))]
ReadErasures = Annotated[ReadRequest, Depends(reader(AUDIT_HISTORY))]
Page = Annotated[Literal["en", "vi"] | None, Query(description="The language of a page of HTML; else JSON.")]


@router.get("", summary="Erasures and legal holds, the oldest first", response_model=list[ErasureReading])
def list_erasures(reader: ReadErasures) -> Response:
    """``answer_by`` and ``erase_by`` are the deadlines of open requests."""
    with reader.live() as view:
        return view.answer(erasures(view.connection, reader.tenant))


@router.get("/{customer_id}", summary="The erasure of a customer", response_model=ErasureReading)
def erasure(customer_id: Id, reader: ReadErasures) -> Response:
    """The steps so far, the deadlines and the legal holds. The ETag is the version that If-Match takes."""
    with reader.live() as view:
        shown = erasure_of(view.connection, reader.tenant, customer_id)
    if shown is None:
        raise Problem("not_found", "no erasure of that customer was requested, and no legal hold placed")
    return view.answer(shown, etag=str(shown.version))


@router.get(
    "/{customer_id}/certificate",
    summary="The certificate of an erasure",
    response_model=Certificate,
    responses=_ALSO_A_PAGE,
)
def certificate(customer_id: Id, reader: ReadErasures, page: Page = None) -> Response:
    """What was erased, when, by whom, on which legal basis, with the fingerprints of the destroyed keys."""
    with reader.live() as view:
        certified = certificate_of(view.connection, reader.tenant, customer_id)
        settings = tenant_settings(view.connection, reader.tenant, reader.container.now(view.connection))
    if certified is None:
        raise Problem("not_found", "the erasure of that customer is not certified")
    return view.answer(certified) if page is None else HTMLResponse(certificate_page(certified, page, settings))


@copies.get(
    "/{customer_id}/export",
    summary="Everything recorded about a customer, for the person",
    response_model=PersonsCopy,
    responses=_ALSO_A_PAGE,
)
def persons_own_copy(customer_id: Id, reader: ReadPerson, page: Page = None) -> Response:
    """The events of all streams with data of the customer and of those merged into it; 413 for many megabytes."""
    with reader.live_in_slot() as view:
        connection, tenant = view.connection, reader.tenant
        if bytes_of_person(connection, tenant, customer_id) > LARGEST_COPY:
            raise Problem("too_large", "the copy is too large to be made here: use the command line, `customer export`")
        if page is None:
            copy = persons_copy(connection, tenant, customer_id, view.position)
            if copy is not None:
                return view.answer(copy)
        else:
            zone = tenant_zone(connection, tenant, view.now)
            made = persons_page(connection, tenant, customer_id, view.position, page, zone)
            if made is not None:
                return HTMLResponse(made)
    raise Problem("not_found", "there is no customer with that id")
