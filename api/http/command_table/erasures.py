"""The commands to the erasure and the legal holds of a customer."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.erasure import commands as c

_CUSTOMER = "01890a5d-ac96-774b-bcce-b302099a8057"

ERASURES = Collection(
    "erasures",
    "customer_id",
    "customers:write",
    (
        CommandEndpoint(
            "request",
            c.RequestErasure,
            "Record that a person asks for erasure",
            {"customer_id": _CUSTOMER, "law": "vn-91-2025", "legal_basis": "Điều 14", "through": "email"},
        ),
        CommandEndpoint(
            "verify", c.VerifyErasure, "Record how the identity was shown", {"how": "called the verified number back"}
        ),
        CommandEndpoint(
            "withdraw", c.WithdrawErasure, "Record that the person takes the request back", {"why": "wants to stay"}
        ),
    ),
)

ERASURE_DECISIONS = Collection(
    "erasures",
    "customer_id",
    "admin",
    (
        CommandEndpoint(
            "approve",
            c.ApproveErasure,
            "Approve an erasure, as another person than the requester and the verifier",
            {"customer_id": _CUSTOMER},
        ),
        CommandEndpoint("refuse", c.RefuseErasure, "Refuse a request for erasure", {"why": "kept by law until 2030"}),
        CommandEndpoint(
            "hold",
            c.PlaceLegalHold,
            "Place a legal hold, which forbids erasure",
            {"customer_id": _CUSTOMER, "hold": "Case 7", "why": "the court asks for it", "until": "2099-12-31"},
        ),
        CommandEndpoint(
            "release", c.ReleaseLegalHold, "Release a legal hold", {"hold": "Case 7", "why": "the case is settled"}
        ),
    ),
)
