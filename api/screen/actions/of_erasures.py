"""The actions on the erasure and the legal holds of a customer."""

from api.http.command_table.erasures import ERASURE_DECISIONS, ERASURES
from api.screen.actions.action import Action

_PAGE = "/customers/{stream}"
_CUSTOMER = frozenset({"customer_id"})

HOLD = Action(ERASURE_DECISIONS, "hold", _PAGE, ("customer_id", "hold", "why", "until"), given=_CUSTOMER)
RELEASE = Action(ERASURE_DECISIONS, "release", _PAGE, ("hold", "why"))
ON_ERASURES = (
    Action(
        ERASURES,
        "request",
        _PAGE,
        ("customer_id", "law", "legal_basis", "through"),
        given=_CUSTOMER,
        states=frozenset({"none", "refused", "withdrawn"}),
    ),
    Action(ERASURES, "verify", _PAGE, ("how",), states=frozenset({"requested"})),
    Action(
        ERASURE_DECISIONS,
        "approve",
        _PAGE,
        ("customer_id",),
        given=_CUSTOMER,
        states=frozenset({"verified"}),
        is_grave=True,
    ),
    Action(ERASURE_DECISIONS, "refuse", _PAGE, ("why",), states=frozenset({"requested", "verified", "approved"})),
    Action(ERASURES, "withdraw", _PAGE, ("why",), states=frozenset({"requested", "verified", "approved"})),
    HOLD,
)
"""Those that the state of the erasure alone decides about; EVERY state takes a hold."""
OF_ERASURES = (*ON_ERASURES, RELEASE)
