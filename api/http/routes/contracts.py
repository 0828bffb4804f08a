"""A contract with its terms and milestones."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, reader
from domain.local_time import local_day
from domain.messages import Id
from projections.contracts.queries import ContractDetails, contract_in, contract_rows
from projections.contracts.table import CONTRACTS
from projections.point_in_time.readings import rows_as_they_were
from projections.scope.tenant_settings import tenant_zone

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.get("/{contract_id}", summary="A contract with its terms and milestones", response_model=ContractDetails)
def contract(contract_id: Id, reader: Annotated[ReadRequest, Depends(reader(CONTRACTS))]) -> Response:
    """The ETag is the version that If-Match takes."""
    with reader.live() as view:
        if reader.is_point_in_time:
            rows = rows_as_they_were(view.connection, reader.tenant, CONTRACTS, contract_id, **reader.instants)
        else:
            rows = contract_rows(view.connection, view.schema, contract_id)
        zone = tenant_zone(view.connection, reader.tenant, view.now)
    shown = contract_in(rows, local_day(view.now, zone), zone)
    if shown is None:
        raise unknown_id("no contract")
    return view.answer(shown, etag=str(shown.version))
