"""What a visitor may record about the customer."""

from collections.abc import Iterator
from typing import Any

from api.http.customer_readings.profile import customers_in
from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_customers import ON_CUSTOMERS
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from projections.customers.queries import CustomerRow

_OF_WHAT_IS_SHOWN = frozenset({"change-details", "change-tier"})
"""The words of the actions that change what the page shows: they are refused when it has changed meanwhile."""
_ON_A_PAGE_OF_ITS_OWN = frozenset({"merge"})


def actions(visit: Visit, session: ReadSession) -> Content:
    """A form for each action; none in the past and for those who may not record."""
    survivor = customers_in(facts_for(visit, session))[0]
    may = visit.may_record("customers:write")
    return {"forms": [*_forms(visit, survivor)] if may else [], "customer_id": survivor.customer, "may": may}


def _forms(visit: Visit, survivor: CustomerRow) -> Iterator[Form]:
    shown: dict[str, dict[str, Any]] = {
        "change-details": {"name": survivor.name},
        "change-tier": {"tier": survivor.tier},
    }
    for action in ON_CUSTOMERS:
        if action.word in _ON_A_PAGE_OF_ITS_OWN:
            continue
        values = shown.get(action.word, {})
        if "region" in action.given:
            values = {"region": visit.settings.phone_region}
        version = survivor.version if action.word in _OF_WHAT_IS_SHOWN else None
        yield form_of(visit, action, {"customer_id": survivor.customer}, version=version, **values)
