"""Every due function by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.due.due_function import DueFunction
from domain.due.of_contracts import CONTRACT_RENEWAL, MILESTONE_LATE, TERM_ENDED
from domain.due.of_customers import AGREED_DAY, ANNUAL_DAY, CHECK_IN, NPS_WAVE, SILENT_CUSTOMER
from domain.due.of_erasures import ERASURE_DUE
from domain.due.of_purchases import MAINTENANCE, REPURCHASE, WARRANTY
from domain.due.of_tickets import CALL_BACK, CSAT_MISSING, REPLY_DUE, RESOLVED_FOR, WAITING_FOR_CUSTOMER, WAITING_INSIDE
from domain.due.of_usage import USAGE_DROPPED, USAGE_NEAR_LIMIT

DUE_FUNCTIONS: Mapping[str, DueFunction] = MappingProxyType(
    {
        function.name: function
        for function in (
            REPLY_DUE,
            CALL_BACK,
            WAITING_FOR_CUSTOMER,
            WAITING_INSIDE,
            CSAT_MISSING,
            RESOLVED_FOR,
            CONTRACT_RENEWAL,
            TERM_ENDED,
            MILESTONE_LATE,
            SILENT_CUSTOMER,
            NPS_WAVE,
            MAINTENANCE,
            WARRANTY,
            AGREED_DAY,
            ANNUAL_DAY,
            CHECK_IN,
            USAGE_NEAR_LIMIT,
            USAGE_DROPPED,
            REPURCHASE,
            ERASURE_DUE,
        )
    }
)


def due_function_named(name: str) -> DueFunction:
    """The due function of a name. Raises ValueError, which names them all."""
    if name not in DUE_FUNCTIONS:
        raise ValueError(f"there is no due function {name!r}: choose one of {', '.join(DUE_FUNCTIONS)}")
    return DUE_FUNCTIONS[name]
