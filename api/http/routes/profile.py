"""The profile of a customer: who it is, what is open, what was bought and said, what happened last, in one answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.customer_readings.profile import CustomerProfile, profile_of
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from domain.readable import Language
from projections.audit_history.table import AUDIT_HISTORY
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.tickets.table import TICKETS

router = APIRouter(prefix="/v1/customers", tags=["customers"])


@router.get("/{customer_id}/profile", summary="Everything about a customer on one page", response_model=CustomerProfile)
def customer_profile(
    customer_id: Id,
    reader: Annotated[ReadRequest, Depends(reader(CUSTOMERS, CUSTOMER_FACTS, CONTRACTS, TICKETS, AUDIT_HISTORY))],
    language: Annotated[Language, Query(description="The language of the sentences.")] = "en",
) -> Response:
    """Now, or at an instant. A merged customer is answered with the survivor."""
    with reader.live() as view:
        profile = profile_of(reader, view, customer_id, language)
    return view.answer(profile, etag=str(profile["customer"].version))
