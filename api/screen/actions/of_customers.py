"""The actions on a customer, in the order in which the page offers them."""

from typing import Any, get_args

from api.http.command_table.customer_facts import CUSTOMER_FACTS
from api.http.command_table.customers import CUSTOMERS
from api.screen.actions.action import Action
from api.screen.actions.fields import FormField
from api.screen.actions.merge_asides import after_merge, both
from domain.customer.commands import AddressChannel
from projections.audit_history.table import AUDIT_HISTORY
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS as FACTS_OF_CUSTOMERS
from projections.customers.table import CUSTOMERS as CUSTOMERS_TABLES
from projections.search.table import SEARCH
from projections.tickets.table import TICKETS

_PAGE = "/customers/{stream}"
_ADDRESS = ("channel", "handle", "scope")
_CHANNEL = FormField("on_channel", "choice", choices=get_args(AddressChannel))
_BOTH = (CUSTOMERS_TABLES, FACTS_OF_CUSTOMERS, CONTRACTS, TICKETS, SEARCH, AUDIT_HISTORY)


def _with_detail(members: dict[str, Any]) -> dict[str, Any]:
    """The one further field that a form changes; without a value it is taken away."""
    name, value = members.pop("detail", None), members.pop("detail_value", None)
    return members if name is None else members | {"details": {name: value}}


def _with_channels(members: dict[str, Any]) -> dict[str, Any]:
    """The channel as a list; none means every channel."""
    channel = members.pop("on_channel", None)
    return members if channel is None else members | {"channels": [channel]}


REGISTER = Action(CUSTOMERS, "", _PAGE, ("name", "party", "tier", "external_reference"))
ON_CUSTOMERS = (
    Action(
        CUSTOMERS,
        "change-details",
        _PAGE,
        ("name", FormField("detail"), FormField("detail_value")),
        members=_with_detail,
    ),
    Action(CUSTOMERS, "add-address", _PAGE, (*_ADDRESS, "trust", "shared", "region"), given=frozenset({"region"})),
    Action(CUSTOMERS, "change-tier", _PAGE, ("tier", "reason")),
    Action(CUSTOMER_FACTS, "add-note", _PAGE, ("about", "body")),
    Action(CUSTOMER_FACTS, "record-check-in", _PAGE, ("channel", "summary")),
    Action(
        CUSTOMER_FACTS, "give-consent", _PAGE, ("purpose", _CHANNEL, "evidence", "valid_until"), members=_with_channels
    ),
    Action(CUSTOMER_FACTS, "withdraw-consent", _PAGE, ("purpose", _CHANNEL), members=_with_channels),
    Action(CUSTOMER_FACTS, "record-date", _PAGE, ("name", "day", "month", "year", "lunar")),
    Action(
        CUSTOMERS,
        "merge",
        _PAGE,
        ("into", "reason"),
        given=frozenset({"into"}),
        is_grave=True,
        aside=both("into"),
        reads=_BOTH,
        parameters=frozenset({"q"}),
    ),
)
"""Those that the page of a customer offers together."""
VERIFY_ADDRESS = Action(CUSTOMERS, "verify-address", _PAGE, (*_ADDRESS, "method", "reason"))
WITHDRAW_ADDRESS = Action(CUSTOMERS, "withdraw-address", _PAGE, (*_ADDRESS, "method", "reason"), is_grave=True)
ACCEPT_MATCH = Action(
    CUSTOMERS, "accept-match", _PAGE, ("other", "reason"), given=frozenset({"other"}), aside=both("other"), reads=_BOTH
)
REFUSE_MATCH = Action(
    CUSTOMERS, "refuse-match", _PAGE, ("other", "reason"), given=frozenset({"other"}), aside=both("other"), reads=_BOTH
)
UNDO_MERGE = Action(
    CUSTOMERS,
    "undo-merge",
    _PAGE,
    ("into", "reason"),
    given=frozenset({"into"}),
    is_grave=True,
    aside=after_merge,
    reads=(CUSTOMERS_TABLES, TICKETS, AUDIT_HISTORY),
)
OF_CUSTOMERS = (
    REGISTER, *ON_CUSTOMERS, VERIFY_ADDRESS, WITHDRAW_ADDRESS, ACCEPT_MATCH, REFUSE_MATCH, UNDO_MERGE,
)  # fmt: skip
