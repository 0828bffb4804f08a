"""The commands to tickets."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.ticket import commands as t

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
            "Put on hold for the customer, a third party or another team, until an instant or without end",
            {"waiting_for": "customer", "until": "2026-03-05T09:00:00+07:00", "reason": "asked for the order number"},
        ),
        CommandEndpoint(
            "promise-callback",
            t.PromiseCallback,
            "Promise the customer a call at an instant",
            {"at": "2026-03-05T15:00:00+07:00"},
        ),
        CommandEndpoint("keep-callback", t.KeepCallback, "Record that a promised call was made", {"promise": 4}),
        CommandEndpoint(
            "withdraw-callback",
            t.WithdrawCallback,
            "Withdraw the promise of a call",
            {"promise": 4, "reason": "the customer called first"},
        ),
        CommandEndpoint(
            "tell-expected-by",
            t.TellExpectedBy,
            "Record the date that the customer was told for the resolution",
            {"expected_by": "2026-03-06T17:00:00+07:00"},
        ),
        CommandEndpoint(
            "propose-reply",
            t.ProposeReply,
            "Propose a reply for a review by another person",
            {"body": "Chúng tôi sẽ hoàn tiền trong 3 ngày làm việc.", "channel": "email"},
        ),
        CommandEndpoint("approve-reply", t.ApproveReply, "Approve a proposed reply and send it", {"proposal": 5}),
        CommandEndpoint(
            "reject-reply", t.RejectReply, "Reject a proposed reply", {"proposal": 5, "reason": "name the amount"}
        ),
        CommandEndpoint(
            "take-back-thanks",
            t.TakeBackThanks,
            "Take back that a message only says thanks; a resolved ticket is reopened",
            {"message": 9, "reason": "the customer asks for the invoice"},
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
        CommandEndpoint(
            "correct-customer",
            t.CorrectCustomer,
            "Correct the customer: the ticket always was another one's",
            {"customer_id": _CUSTOMER, "reason": "a namesake"},
        ),
        CommandEndpoint(
            "change-subject",
            t.ChangeSubject,
            "Change the subject",
            {"subject": "Không nhận được mã OTP qua SMS", "reason": "the text message, not the app"},
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
