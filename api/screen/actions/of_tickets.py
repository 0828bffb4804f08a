"""The actions on a ticket, in the order in which a page offers them."""

from api.http.command_table.tickets import TICKETS
from api.screen.actions.action import Action
from api.screen.actions.asides import what_a_merge_does, whose_ticket
from projections.customers.table import CUSTOMERS
from projections.search.table import SEARCH
from projections.tickets.table import TICKETS as TICKETS_TABLE

_PAGE = "/tickets/{stream}"
_OPEN = frozenset({"received", "assigned", "in_progress", "waiting"})
_DONE = frozenset({"resolved", "closed"})
_NOT_ENDED = _OPEN | {"resolved"}
_EVERY = _OPEN | _DONE | {"merged", "cancelled"}

RECEIVE = Action(
    TICKETS,
    "",
    _PAGE,
    ("customer_id", "subject", "category", "priority", "channel", "body", "external_reference"),
    given=frozenset({"customer_id"}),
    aside=whose_ticket,
    reads=(CUSTOMERS, SEARCH),
    parameters=frozenset({"q"}),
)
ON_TICKETS = (
    Action(TICKETS, "assign", _PAGE, ("team", "agent"), states=_OPEN),
    Action(TICKETS, "start-work", _PAGE, states=frozenset({"received", "assigned"})),
    Action(TICKETS, "send-reply", _PAGE, ("body", "channel"), states=_OPEN),
    Action(TICKETS, "propose-reply", _PAGE, ("body", "channel"), states=_OPEN),
    Action(TICKETS, "add-note", _PAGE, ("body",), states=_EVERY),
    Action(TICKETS, "receive-message", _PAGE, ("body", "channel"), states=_NOT_ENDED),
    Action(
        TICKETS, "put-on-hold", _PAGE, ("waiting_for", "until", "reason"), states=frozenset({"assigned", "in_progress"})
    ),
    Action(TICKETS, "resume-work", _PAGE, states=frozenset({"waiting"})),
    Action(TICKETS, "promise-callback", _PAGE, ("at",), states=_OPEN | _DONE),
    Action(TICKETS, "tell-expected-by", _PAGE, ("expected_by",), states=_OPEN),
    Action(TICKETS, "resolve", _PAGE, ("resolution", "code"), states=_OPEN),
    Action(
        TICKETS,
        "close",
        _PAGE,
        ("closed_by",),
        states=frozenset({"resolved"}),
        rule="resolve the ticket before closing it",
    ),
    Action(
        TICKETS, "reopen", _PAGE, ("reason",), states=_DONE, rule="only a resolved or closed ticket can be reopened"
    ),
    Action(TICKETS, "categorise", _PAGE, ("category",), states=_OPEN),
    Action(TICKETS, "prioritise", _PAGE, ("priority", "reason"), states=_OPEN),
    Action(TICKETS, "escalate", _PAGE, ("to", "level", "reason"), states=_OPEN),
    Action(
        TICKETS,
        "cancel",
        _PAGE,
        ("cancelled_as", "reason"),
        fixed={"cancelled_by": "agent"},
        states=_OPEN,
        is_grave=True,
    ),
)
"""Those that a ticket's state alone decides about."""
APPROVE_REPLY = Action(TICKETS, "approve-reply", _PAGE, ("proposal",), given=frozenset({"proposal"}))
REJECT_REPLY = Action(TICKETS, "reject-reply", _PAGE, ("proposal", "reason"), given=frozenset({"proposal"}))
KEEP_CALLBACK = Action(TICKETS, "keep-callback", _PAGE, ("promise",), given=frozenset({"promise"}))
WITHDRAW_CALLBACK = Action(TICKETS, "withdraw-callback", _PAGE, ("promise", "reason"), given=frozenset({"promise"}))
MERGE = Action(
    TICKETS,
    "merge",
    _PAGE,
    ("into", "reason"),
    given=frozenset({"into"}),
    states=_OPEN,
    is_grave=True,
    aside=what_a_merge_does,
    reads=(TICKETS_TABLE, CUSTOMERS, SEARCH),
    parameters=frozenset({"q"}),
)
UNDO_MERGE = Action(
    TICKETS, "undo-merge", _PAGE, ("into", "reason"), given=frozenset({"into"}), states=frozenset({"merged"})
)
OF_TICKETS = (
    RECEIVE, *ON_TICKETS, APPROVE_REPLY, REJECT_REPLY, KEEP_CALLBACK, WITHDRAW_CALLBACK, MERGE, UNDO_MERGE,
)  # fmt: skip
