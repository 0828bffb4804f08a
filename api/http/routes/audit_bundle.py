"""Audit bundles over HTTP, and the verifier that an auditor runs on them."""

from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.api_keys import Principal
from api.auditing.range_ends import RULE
from api.auditing.verifier_file import verifier
from api.http.bundle_answer import bundle_answer
from api.http.container import container_of
from api.http.filters import STORABLE
from api.http.read_session import caller_with
from domain.messages import Id
from domain.sealing.leaf import SealedLog

router = APIRouter(prefix="/v1/audit", tags=["audit"])

Auditor = Annotated[Principal, Depends(caller_with("audit"))]
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}
_PYTHON: dict[int | str, dict[str, Any]] = {200: {"content": {"text/x-python": {"schema": {"type": "string"}}}}}
Bound = Annotated[str | None, Query(max_length=40, pattern=STORABLE, description=f"Included: {RULE}.")]


@router.get(
    "/bundle",
    summary="A range of a log with the proofs that an auditor verifies offline",
    response_class=Response,
    responses=_ZIP,
)
def audit_bundle(
    request: Request,
    caller: Auditor,
    log: Annotated[SealedLog, Query(description="`access` needs the scope `audit:read` as well.")] = "events",
    first: Annotated[Bound, Query(alias="from")] = None,
    last: Annotated[Bound, Query(alias="to")] = None,
    ticket: Annotated[Id | None, Query(description="Only this ticket and those merged into it.")] = None,
    customer: Annotated[Id | None, Query(description="Only this customer, with all tickets.")] = None,
    actor: Annotated[
        str | None, Query(max_length=200, pattern=STORABLE, description="Only what this actor did.")
    ] = None,
) -> Response:
    """The zip file that `export audit` writes: the same range and checkpoint give the same bytes.

    Days are those of the tenant's zone. Between days or instants, the lines before and after prove that the period is
    complete. At most one of `ticket`, `customer` and `actor`, and at most 200,000 positions. What no checkpoint covers
    yet is refused. It is recorded in the access journal as an export.
    """
    parameters = {
        "from": first, "to": last, "ticket": None if ticket is None else str(ticket),
        "customer": None if customer is None else str(customer), "actor": actor,
    }  # fmt: skip
    return bundle_answer(container_of(request), caller, log, parameters)


@router.get("/verify.py", summary="The verifier of audit bundles", response_class=Response, responses=_PYTHON)
def audit_verifier(_caller: Auditor) -> Response:
    """One file for Python 3.9 and the package cryptography. Compare its SHA-256 with that of the published source.

    An auditor gets the public key of the log by another way: a key that comes with a bundle proves nothing.
    """
    file = verifier()
    headers = {
        "Content-Disposition": 'attachment; filename="verify.py"',
        "Content-Digest": f"sha-256=:{b64encode(bytes.fromhex(file.digest)).decode()}:",
    }
    return Response(file.content, headers=headers, media_type="text/x-python; charset=utf-8")
