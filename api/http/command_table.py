"""Every command that can be sent over HTTP, with its address, its summary and an example.

Alerts are not among them: the SLA watch alone records them. Neither are verdict corrections: the program computes them,
and an operator starts them on the command line.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api.api_keys import Permission
from domain.customer import commands as c
from domain.messages import Command
from domain.sla.policy import commands as sla
from domain.ticket import commands as t


class CommandEndpoint(NamedTuple):
    """A command at an address that ends with ``word``; an empty word begins a new ticket or customer."""

    word: str
    command: type[Command]
    summary: str
    example: Mapping[str, Any]


class Collection(NamedTuple):
    """The commands of one aggregate. ``name`` begins their address, ``id`` is the path parameter with the stream."""

    name: str
    id: str
    scope: Permission
    commands: tuple[CommandEndpoint, ...]


_CUSTOMER = "01890a5d-ac96-774b-bcce-b302099a8057"
_OTHER_TICKET = "01890a5d-ac96-774b-bcce-b302099a8058"

TICKETS = Collection(
    "tickets",
    "ticket_id",
    "tickets:write",
    (
        CommandEndpoint(
            "",
            t.ReceiveTicket,
            "Receive a ticket from a customer",
            {
                "customer_id": _CUSTOMER,
                "channel": "zalo",
                "subject": "Không nhận được mã OTP",
                "category": "login",
                "priority": "P2",
                "body": "Tôi chờ mười phút rồi mà chưa có mã.",
            },
        ),
        CommandEndpoint(
            "assign", t.AssignTicket, "Assign to a team, an agent or both", {"team": "payments", "agent": "lan"}
        ),
        CommandEndpoint("start-work", t.StartWork, "Start work; an unassigned ticket is assigned to the actor", {}),
        CommandEndpoint(
            "send-reply", t.SendReply, "Send a reply to the customer", {"body": "Chúng tôi đang kiểm tra giúp bạn."}
        ),
        CommandEndpoint(
            "receive-message",
            t.ReceiveMessage,
            "Record a message of the customer",
            {"body": "Cảm ơn, đã nhận được mã."},
        ),
        CommandEndpoint(
            "put-on-hold",
            t.PutOnHold,
            "Put on hold for the customer, a third party or another team",
            {"waiting_for": "customer", "reason": "asked for the order number"},
        ),
        CommandEndpoint("resume-work", t.ResumeWork, "Resume work on a ticket on hold", {}),
        CommandEndpoint("resolve", t.ResolveTicket, "Resolve", {"resolution": "Gateway restarted", "code": "solved"}),
        CommandEndpoint("close", t.CloseTicket, "Close a resolved ticket", {"closed_by": "customer"}),
        CommandEndpoint(
            "reopen", t.ReopenTicket, "Reopen a resolved or closed ticket", {"reason": "it happened again"}
        ),
        CommandEndpoint(
            "cancel",
            t.CancelTicket,
            "Cancel an open ticket, as a duplicate, as spam or otherwise",
            {"cancelled_by": "agent", "cancelled_as": "duplicate", "reason": "sent twice"},
        ),
        CommandEndpoint("add-note", t.AddNote, "Add an internal note", {"body": "Same gateway as last week"}),
        CommandEndpoint("categorise", t.CategoriseTicket, "Change the category", {"category": "payment"}),
        CommandEndpoint(
            "prioritise", t.PrioritiseTicket, "Change the priority", {"priority": "P1", "reason": "all shops affected"}
        ),
        CommandEndpoint(
            "escalate", t.EscalateTicket, "Escalate", {"to": "gateway-vendor", "level": 2, "reason": "their outage"}
        ),
        CommandEndpoint(
            "log-effort", t.LogEffort, "Log an agent's handling time", {"agent": "lan", "kind": "talk", "seconds": 240}
        ),
        CommandEndpoint(
            "rate-satisfaction",
            t.RateSatisfaction,
            "Record the customer's rating, 1 to 5",
            {"score": 5, "comment": "Rất nhanh"},
        ),
        CommandEndpoint(
            "merge", t.MergeTicket, "Merge into another ticket", {"into": _OTHER_TICKET, "reason": "the same question"}
        ),
        CommandEndpoint(
            "undo-merge",
            t.UndoMerge,
            "Undo a merge",
            {"into": _OTHER_TICKET, "reason": "two questions after all"},
        ),
    ),
)

CUSTOMERS = Collection(
    "customers",
    "customer_id",
    "customers:write",
    (
        CommandEndpoint("", c.RegisterCustomer, "Register a customer", {"name": "Nguyễn Thị Lan", "tier": "gold"}),
        CommandEndpoint("change-details", c.ChangeCustomerDetails, "Change the name", {"name": "Nguyễn Thị Lan Anh"}),
        CommandEndpoint("add-address", c.AddAddress, "Add an address", {"channel": "phone", "handle": "+84901234567"}),
        CommandEndpoint(
            "remove-address", c.RemoveAddress, "Remove an address", {"channel": "phone", "handle": "+84901234567"}
        ),
        CommandEndpoint("change-tier", c.ChangeTier, "Change the tier", {"tier": "platinum"}),
    ),
)

RULES = Collection(
    "sla",
    "name",
    "admin",
    (
        CommandEndpoint(
            "policy",
            sla.PublishPolicy,
            "Publish the next version of the policy",
            {
                "effective_from": "2026-04-01T00:00:00+07:00",
                "policy": {
                    "name": "Spring",
                    "rules": [
                        {"priority": ["P1"], "first_response": "15m", "resolution": "1h"},
                        {"resolution": {"duration": "16h", "calendar": "Hanoi office", "pauses": ["customer"]}},
                    ],
                },
                "reason": "decided by the board in March",
            },
        ),
        CommandEndpoint(
            "calendars/{name}",
            sla.PublishCalendar,
            "Publish the next version of a calendar",
            {
                "effective_from": "2026-01-01T00:00:00+07:00",
                "calendar": {
                    "name": "Hanoi office",
                    "zone": "Asia/Ho_Chi_Minh",
                    "public_holidays": "VN",
                    "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
                },
                "reason": "the hours of the new office",
            },
        ),
    ),
)
"""Policy and calendars: PUT publishes the next version, with the scope admin."""
